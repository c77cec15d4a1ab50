import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { startExternalSecrets } from '../../servers/external-secrets.ts';
import { type Postgresql, startPostgresql } from '../../servers/postgresql.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';
import { startVault } from '../../servers/vault.ts';
import { copyExample } from '../../support/examples.ts';
import { opensslVerify } from '../vault/openssl.ts';
import { openProxy } from '../vault/proxy.ts';
import { runLab } from './stage.ts';

const rootToken = 'root-token-of-vault-full';
const password = 'first-password-of-vault-full';
const rotation = 'POST /v1/database/rotate-root/app';

// One story in order: the example on an empty cluster, a Vault beside it and a PostgreSQL behind that.
describe('examples/vault-full on real servers', () => {
  let servers: RunFolder;
  let cwd: string;
  let cluster: ControlPlane;
  let database: Postgresql;
  let vault: string;
  let closeProxy: () => void;
  let env: Record<string, string>;
  // What becomes of lab at the rotation of the root password: killed before Vault hears of it, or after it did it.
  let strike: 'before' | 'after' | 'never' = 'before';
  let kill = false;
  const calls: string[] = [];
  const printed: string[] = [];
  const forever = () => new Promise<never>(() => {});

  const lab = async (...words: readonly string[]) => {
    kill = false;
    const args = [...words, '-f', 'vault-full', '-e', 'local'];
    const ran = await runLab(args, { cwd, env, until: () => kill });
    printed.push(ran.stdout, ran.stderr);
    return ran;
  };
  const json = async (...words: readonly string[]) => JSON.parse((await lab(...words, '--json')).stdout);
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${vault}/v1/${path}`, {
      method,
      headers: { 'X-Vault-Token': rootToken },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };
  const users = () => database.query("select count(*) from pg_roles where rolname like 'v-%'");
  const secretOf = async (name: string): Promise<Record<string, string>> => {
    const path = `/api/v1/namespaces/experiments/secrets/${name}`;
    const { data = {} } = JSON.parse((await cluster.call({ method: 'GET', path })).body);
    const entries = Object.entries(data).map(([key, value]) => [key, Buffer.from(String(value), 'base64').toString()]);
    return Object.fromEntries(entries);
  };
  /** The user in the Secret of the application. */
  const application = async () => {
    const { username = '', url = '' } = await secretOf('app-db');
    const [, word = ''] = new RegExp(`^postgresql://${username}:([^@]*)@`).exec(url) ?? [];
    return { username, word };
  };

  beforeAll(async () => {
    servers = await createRunFolder();
    cwd = await mkdtemp(join(tmpdir(), 'lab-vault-full-'));
    await copyExample('vault-full', join(cwd, 'vault-full'));
    database = await startPostgresql({ dir: join(servers.dir, 'postgresql') });
    await database.query(`create role vault login superuser password '${password}'; create role app_rw`);
    await database.query("create role reporting login password 'known-to-many'");
    cluster = await startControlPlane({ dir: join(servers.dir, 'control-plane') });
    await startExternalSecrets({ controlPlane: cluster, dir: join(servers.dir, 'external-secrets') });
    vault = (await startVault({ dir: join(servers.dir, 'vault'), mode: { kind: 'dev', rootToken } })).address;
    // Dev mode brings an engine of its own.
    await call('DELETE', 'sys/mounts/secret');
    const proxy = await openProxy(
      vault,
      (asked) => {
        if (asked !== rotation || strike !== 'before') {
          calls.push(asked);
          return 'pass';
        }
        kill = true;
        return forever();
      },
      async (asked) => {
        if (asked !== rotation || strike !== 'after') return;
        kill = true;
        await forever();
      },
    );
    closeProxy = proxy.close;
    env = {
      PATH: process.env['PATH'] ?? '',
      HOME: cwd,
      XDG_CONFIG_HOME: join(cwd, 'config'),
      // The byte scan judges the Secret type, not the net behind it.
      LAB_REDACT: 'off',
      KUBECONFIG: cluster.kubeconfig,
      VAULT_ADDR: proxy.address,
      VAULT_TOKEN: rootToken,
      PG_VAULT_PASSWORD: password,
      LAB_VAR_vaultAddress: proxy.address,
      LAB_VAR_apiServer: cluster.url,
      LAB_VAR_database: `127.0.0.1:${database.port}/postgres?sslmode=disable`,
      LAB_VAR_auditLog: join(cwd, 'audit.log'),
    };
  }, 120_000);
  afterAll(async () => {
    closeProxy?.();
    await database?.stop();
    await servers.remove();
    await rm(cwd, { recursive: true, force: true });
  });

  test('killed just before and just after the root rotation, the next run finishes it: one rotation, no lost password', async () => {
    for (const moment of ['before', 'after'] as const) {
      strike = moment;
      expect((await lab('apply', '--auto-approve', '--wait', '2m')).code).toBe(null);
    }
    strike = 'never';
    const last = await lab('apply', '--auto-approve', '--wait', '2m');
    expect({ code: last.code, errors: last.code === 0 ? '' : last.stdout + last.stderr }).toEqual({
      code: 0,
      errors: '',
    });
    expect(calls.filter((asked) => asked === rotation)).toHaveLength(1);
    const asVault = database.query('select 1', { username: 'vault', password });
    await expect(asVault).rejects.toThrow('authentication failed');
    expect((await call('GET', 'database/config?list=true')).body.data.keys).toEqual(['app']);
  });

  test('then there is nothing to do: plan and drift 0, and a second apply sends no write', async () => {
    expect((await lab('plan', '--detailed-exitcode')).code).toBe(0);
    expect((await lab('drift')).code).toBe(0);
    expect(await json('apply', '--auto-approve')).toMatchObject({ exit: { code: 0 }, writes: 0, done: [] });
  });

  test('the Secret of the application holds a user that logs in, and is gone once it is revoked', async () => {
    const { username, word } = await application();
    expect(word).toMatch(/^[A-Za-z0-9]{24}$/);
    const member = "select pg_has_role('app_rw', 'member')";
    expect(await database.query(member, { username, password: word })).toBe('t');
    await call('POST', 'sys/leases/revoke-prefix/database', { sync: true });
    await expect(database.query('select 1', { username, password: word })).rejects.toThrow('authentication failed');
    expect(await users()).toBe('0');
  });

  test('the static user has a password that only Vault hands out', async () => {
    const old = database.query('select 1', { username: 'reporting', password: 'known-to-many' });
    await expect(old).rejects.toThrow('authentication failed');
    const { data } = (await call('GET', 'database/static-creds/reporting')).body;
    expect(await database.query('select 1', { username: 'reporting', password: data.password })).toBe('1');
  });

  test('the Secret for TLS holds a certificate whose chain openssl accepts', async () => {
    const { 'tls.crt': shown = '', 'ca.crt': root = '', 'tls.key': key = '' } = await secretOf('app-tls');
    const [leaf = '', ...above] = shown.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
    expect(above).toHaveLength(1);
    expect(await opensslVerify({ root, above, leaf, host: 'app.lab.internal' })).toBe('leaf: OK');
    expect(new X509Certificate(leaf).checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect((await call('GET', 'pki-root/certs?list=true')).body.data.keys).toHaveLength(2);
  });

  test('everything is proven, and the proof leaves no user behind', async () => {
    const report = await json('verify');
    expect(report).toMatchObject({ exit: { code: 0 } });
    expect(JSON.stringify(report)).toContain('credential: made for 3600 s, revoked, gone');
    expect(JSON.stringify(report)).toContain('certificate: issued for lab-verify.lab.internal');
    expect(await users()).toBe('0');
  });

  test('no run printed or kept the password, the new one or a made one', async () => {
    const folder = join(cwd, 'vault-full');
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const kept = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    const everything = [...printed, ...kept].join('\n');
    const { word: made } = await application();
    const { 'api-key': key = '' } = await secretOf('demo-api');
    const [, line = ''] = (await secretOf('app-tls'))['tls.key']?.split('\n') ?? [];
    for (const value of [password, made, key, line]) {
      expect(value.length).toBeGreaterThan(10);
      expect(everything).not.toContain(value);
    }
  });

  test('destroy ends every user first and leaves nothing of ours', async () => {
    await call('GET', 'database/creds/app-rw');
    expect(await users()).toBe('1');
    expect((await lab('destroy', '--auto-approve')).code).toBe(5);
    const ran = await lab('destroy', '--auto-approve', '--allow-data-loss');
    expect({ code: ran.code, errors: ran.code === 0 ? '' : ran.stdout + ran.stderr }).toEqual({ code: 0, errors: '' });
    expect(await users()).toBe('0');
    expect(Object.keys((await call('GET', 'sys/mounts')).body.data)).not.toContain('database/');
  });
});
