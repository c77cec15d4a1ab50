import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { runLab } from '../story/stage.ts';
import { type Fate, openProxy } from './proxy.ts';
import { stranger, uniqueName } from './server.ts';

const manifest = (address: string, mount: string, type: string) => `apiVersion: lab/v1
name: upgrade
allowDestroy: true
allowIrreversible: [vault.mount/${mount}]
vault:
  address: "${address}"
  plaintext: loopback
  login: { auth: token, token: { env: VAULT_TOKEN } }
resources:
  vault.mount/${mount}: { type: ${type} }
`;

test('killed while Vault converts a mount to version 2, the next run waits for it on, and the one after has nothing to do', async () => {
  const { vault } = inject('servers');
  const mount = uniqueName('kv');
  const cwd = await mkdtemp(join(tmpdir(), 'lab-upgrade-'));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  const asksConfig = `GET /v1/${mount}/config`;
  let [mayDie, kill] = [true, false];
  const asked: string[] = [];
  const proxy = await openProxy(vault.address, async (call): Promise<Fate> => {
    asked.push(call);
    if (call !== asksConfig || !mayDie) return 'pass';
    kill = true;
    return new Promise<never>(() => {});
  });
  onTestFinished(proxy.close);
  const lab = async (type: string, ...words: readonly string[]) => {
    asked.length = 0;
    await mkdir(join(cwd, 'up'), { recursive: true });
    await writeFile(join(cwd, 'up', 'lab.yaml'), manifest(proxy.address, mount, type));
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: cwd,
      XDG_CONFIG_HOME: join(cwd, 'config'),
      VAULT_ADDR: proxy.address,
      VAULT_TOKEN: vault.token,
    };
    return runLab([...words, '-f', 'up'], { cwd, env, until: () => kill });
  };

  expect((await lab('kv-v1', 'apply', '--auto-approve')).code).toBe(0);
  expect(asked).not.toContain(asksConfig);
  await Promise.all(
    Array.from({ length: 300 }, (_, number) => stranger('POST', `${mount}/app/db-${number}`, { user: `u${number}` })),
  );

  expect((await lab('kv-v2', 'apply', '--auto-approve')).code).toBeNull();
  expect(asked).toContain(`POST /v1/sys/mounts/${mount}/tune`);
  [mayDie, kill] = [false, false];
  expect((await lab('kv-v2', 'plan', '--detailed-exitcode')).code).toBe(2);
  expect((await lab('kv-v2', 'apply', '--auto-approve')).code).toBe(0);
  expect(asked).toContain(asksConfig);
  expect((await stranger('GET', `${mount}/data/app/db-299`)).body.data.data).toEqual({ user: 'u299' });
  expect((await stranger('GET', `${mount}/metadata/app?list=true`)).body.data.keys).toHaveLength(300);

  expect((await lab('kv-v2', 'plan', '--detailed-exitcode')).code).toBe(0);
  expect((await lab('kv-v2', 'apply', '--auto-approve')).code).toBe(0);
  expect(asked).not.toContain(asksConfig);
});
