import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePorts } from '../../servers/ports.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';
import { startVault, type Vault, type VaultMode } from '../../servers/vault.ts';
import { type Nothing, setUp } from './nothing.ts';

const apply = ['apply', '--auto-approve', '--wait', '1m'];

const statusOf = async (address: string, path: string): Promise<number> =>
  (await fetch(`${address}/v1/${path}`)).status;

const sealStatus = async (address: string): Promise<unknown> => (await fetch(`${address}/v1/sys/seal-status`)).json();

interface Stage {
  readonly mode: string;
  readonly start: (dir: string, port: number, all: readonly string[]) => Promise<Vault>;
  readonly servers: number;
}

const single = (mode: VaultMode): Stage => ({
  mode: mode.kind,
  servers: 1,
  start: (dir, port) => startVault({ dir, port, mode }),
});

const cluster: Stage = {
  mode: 'three servers of one raft cluster',
  servers: 3,
  start: (dir, port, all) => startVault({ dir, port, mode: { kind: 'raft', join: all } }),
};

// vault.server and vault.root-revocation, on the real ones; each test goes on where the one before it ended.
describe.each([single({ kind: 'inmem' }), single({ kind: 'raft' }), cluster])(
  'an empty Vault behind the real API server: $mode',
  ({ mode, start, servers: count }) => {
    let folder: RunFolder;
    let vaults: Vault[];
    let ports: number[];
    let here: Nothing;
    const addresses = () => ports.map((port) => `http://127.0.0.1:${port}`);
    const startAll = () =>
      Promise.all(ports.map((port, index) => start(join(folder.dir, `vault-${index}`), port, addresses())));

    const inService = async () => {
      for (;;) {
        const all = await Promise.all(addresses().map((address) => statusOf(address, 'sys/health')));
        if (all.includes(200)) return;
        await sleep(100);
      }
    };

    beforeAll(async () => {
      folder = await createRunFolder();
      ports = (await freePorts(2 * count)).filter((_, index) => index % 2 === 0);
      vaults = await startAll();
      here = await setUp(addresses()[0] ?? '');
      if (count > 1) {
        const servers = JSON.stringify(addresses());
        await here.edit((manifest) => manifest.replace('  plaintext:', `  servers: ${servers}\n  plaintext:`));
      }
    });
    afterAll(async () => {
      await here.strike();
      await folder.remove();
    });

    test('status says that it is not initialised, and what to do', async () => {
      const status = await here.json(['vault', 'status']);
      expect(status).toMatchObject({
        code: 4,
        servers: addresses().map((address) => ({ address, state: 'uninitialised' })),
      });
    });

    test('one apply: initialised, escrowed, unsealed, set up, root revoked', async () => {
      const ran = await here.lab(apply);
      expect({ code: ran.code, errors: ran.code === 0 ? '' : ran.stdout + ran.stderr }).toEqual({
        code: 0,
        errors: '',
      });
      expect(await statusOf(addresses()[0] ?? '', 'sys/health')).toBe(200);
      for (const address of addresses()) expect(await sealStatus(address)).toMatchObject({ sealed: false, n: 5, t: 3 });
      expect(Object.keys(await here.escrow('operations')).toSorted()).toEqual(['key', 'record', 'root', 'shares']);
      expect(Object.keys(await here.escrow('security')).toSorted()).toEqual(['key', 'record', 'root', 'shares']);
    });

    test('afterwards there is nothing to do: plan 0, drift 0, and a second apply sends no write', async () => {
      expect((await here.lab(['plan', '--detailed-exitcode'])).code).toBe(0);
      expect((await here.lab(['drift'])).code).toBe(0);
      expect(await here.json(['apply', '--auto-approve'])).toMatchObject({ code: 0, writes: 0, done: [] });
    });

    test('it is proven that no root token is left', async () => {
      const { code, verified } = await here.json(['verify']);
      expect(code === 0 ? [] : verified).toEqual([]);
      expect(JSON.stringify(verified)).toContain('{"is":"proven","check":"no other root token"}');
    });

    test('the person decrypts their share with their own key, and it is one that Vault takes', async () => {
      const kept = await readFile(join(here.folder, 'escrow/oncall.asc'), 'utf8');
      expect(await here.asOnCall(kept.slice(kept.indexOf('-----BEGIN')))).toMatch(/^[0-9a-f]{66}$/);
    });

    // A Vault in memory is an empty one once it was restarted.
    if (mode === 'inmem') return;

    test('restarted it is sealed: drift says so first, the rest is blind', async () => {
      await Promise.all(vaults.map((vault) => vault.stop()));
      vaults = await startAll();
      const drift = await here.json(['drift']);
      expect(drift).toMatchObject({
        code: 3,
        lost: [{ provider: 'vault', because: expect.stringContaining('sealed') }],
      });
      expect(drift).toMatchObject({ drifted: [{ address: 'vault.server/main', fields: [{ path: 'service' }] }] });
      expect(drift['blind']).toHaveLength(11);
      const status = await here.json(['vault', 'status']);
      expect(status).toMatchObject({
        code: 4,
        servers: addresses().map(() => ({ state: 'sealed', given: 0, threshold: 3 })),
      });
      expect(status).toMatchObject({ escrow: [{ readable: 2 }, { readable: 2 }, { custodian: 'keys/oncall.asc' }] });
    });

    test('vault unseal brings it back into service, without login, state or journal', async () => {
      const unsealed = await here.json(['vault', 'unseal']);
      expect(unsealed).toMatchObject({ code: 0 });
      await inService();
      expect((await here.lab(['drift'])).code).toBe(0);
      expect((await here.lab(['vault', 'status'])).code).toBe(0);
    });
  },
);
