import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';
import { startVault } from '../../servers/vault.ts';
import { opensslVerify } from '../vault/openssl.ts';
import { type Fate, openProxy } from '../vault/proxy.ts';
import { runLab } from './stage.ts';

const rootToken = 'root-token-of-the-pki-story';

const manifest = (address: string) => `apiVersion: lab/v1
name: pki-story
vault:
  address: "${address}"
  plaintext: loopback
  login: { auth: token, token: { env: VAULT_TOKEN } }
  mounts:
    pki-root:
      type: pki
      maxTtl: 87600h
      issuers: { root-2026: { self: { commonName: lab root, ttl: 87600h, key: ec-256, leafNotAfter: truncate } } }
    pki:
      type: pki
      maxTtl: 8760h
      issuers:
        int-2026: { signedBy: pki-root/root-2026, commonName: lab, ttl: 8760h, key: ec-256, leafNotAfter: truncate }
      defaultIssuer: int-2026
      urls: { ocspServers: "http://ocsp.lab.internal" }
      crl: { autoRebuild: true }
      roles: { lab: { domains: [lab.internal], subdomains: true, key: ec-256, maxTtl: 72h } }
allowIrreversible: [vault.pki-issuer/pki-root/root-2026]
`;

let servers: RunFolder;
let cwd: string;
let vault: string;
beforeAll(async () => {
  servers = await createRunFolder();
  cwd = await mkdtemp(join(tmpdir(), 'lab-pki-story-'));
  vault = (await startVault({ dir: join(servers.dir, 'vault'), mode: { kind: 'dev', rootToken } })).address;
});
afterAll(async () => {
  await servers.remove();
  await rm(cwd, { recursive: true, force: true });
});

const call = async (method: string, path: string, body?: object) => {
  const response = await fetch(`${vault}/v1/${path}`, {
    method,
    headers: { 'X-Vault-Token': rootToken },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { data } = JSON.parse(await response.text());
  return data;
};

const namesIn = async (path: string, field: string): Promise<readonly string[]> => {
  const { key_info: info = {} } = await call('GET', `${path}?list=true`);
  return Object.values<Record<string, string>>(info)
    .map((entry) => entry[field] ?? '')
    .toSorted();
};

test('killed with SIGKILL before and after every write of a chain of authorities, the next run goes on: one root, one intermediate', {
  timeout: 300_000,
}, async () => {
  const struck = new Set<string>();
  let kill = false;
  const strike = async (moment: string, asked: string): Promise<void> => {
    if (asked.startsWith('GET') || struck.has(`${moment} ${asked}`)) return;
    struck.add(`${moment} ${asked}`);
    kill = true;
    await new Promise<never>(() => {});
  };
  const proxy = await openProxy(
    vault,
    async (asked): Promise<Fate> => {
      await strike('before', asked);
      return 'pass';
    },
    (asked) => strike('after', asked),
  );
  await mkdir(join(cwd, 'pki'));
  await writeFile(join(cwd, 'pki', 'lab.yaml'), manifest(proxy.address));
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: cwd,
    XDG_CONFIG_HOME: join(cwd, 'config'),
    VAULT_ADDR: proxy.address,
    VAULT_TOKEN: rootToken,
  };
  const lab = (...words: readonly string[]) => {
    kill = false;
    return runLab([...words, '-f', 'pki'], { cwd, env, until: () => kill });
  };
  let kills = 0;
  for (;;) {
    const ran = await lab('apply', '--auto-approve');
    if (ran.code === 0) break;
    // A run that was not killed and did not end well is a failure of its own.
    expect({ code: ran.code, errors: ran.code === null ? '' : ran.stdout + ran.stderr }).toEqual({
      code: null,
      errors: '',
    });
    kills += 1;
  }
  expect(kills).toBeGreaterThan(15);
  expect([...struck].filter((one) => one.includes('sign-intermediate'))).toHaveLength(2);

  expect(await namesIn('pki-root/issuers', 'issuer_name')).toEqual(['root-2026']);
  expect(await namesIn('pki-root/keys', 'key_name')).toEqual(['root-2026']);
  expect((await call('GET', 'pki-root/certs?list=true')).keys).toHaveLength(2);
  expect(await namesIn('pki/issuers', 'issuer_name')).toEqual(['', 'int-2026']);
  expect(await namesIn('pki/keys', 'key_name')).toEqual(['int-2026']);

  expect((await lab('plan', '--detailed-exitcode')).code).toBe(0);
  expect(JSON.parse((await lab('apply', '--auto-approve', '--json')).stdout)).toMatchObject({ writes: 0, done: [] });
  const made = await call('POST', 'pki/issue/lab', { common_name: 'app.lab.internal', ttl: '1h' });
  const [between, root] = made.ca_chain;
  const chain = { root, above: [between], leaf: made.certificate, host: 'app.lab.internal' };
  expect(await opensslVerify(chain)).toBe('leaf: OK');
  proxy.close();
});
