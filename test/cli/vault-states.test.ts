import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startVaultSandbox, type VaultSandbox } from '../../src/sandbox/vault/start.ts';
import { build, lab } from './lab.ts';

const manifestFor = ({ address }: VaultSandbox, product: 'openbao' | 'auto' = 'auto') => ({
  apiVersion: 'lab/v1',
  name: 'demo',
  install: { vault: { mode: 'wait' } },
  vault: {
    address,
    product,
    plaintext: 'loopback',
    login: { auth: 'token', token: { env: 'VAULT_TOKEN' } },
    mounts: { secret: { type: 'kv-v2' } },
    policies: { reader: { paths: { 'secret/data/*': ['read'] } } },
  },
});

describe('one plan command, whatever state Vault is in', () => {
  let cwd: string;
  let vault: VaultSandbox;
  const write = (product?: 'openbao') => writeFile(join(cwd, 'lab.yaml'), JSON.stringify(manifestFor(vault, product)));
  const json = async (...words: readonly string[]) => {
    const env = { HOME: cwd, VAULT_ADDR: vault.address, VAULT_TOKEN: vault.rootToken };
    const ended = await lab([...words, '--json'], { cwd, env });
    return { code: ended.code, ...JSON.parse(ended.stdout) };
  };

  beforeAll(async () => {
    build();
    cwd = await mkdtemp(join(tmpdir(), 'lab-vault-'));
    vault = await startVaultSandbox({ seed: 'states', state: 'absent' });
    await write();
  }, 120_000);
  afterAll(async () => {
    await vault.stop();
    await rm(cwd, { recursive: true, force: true });
  });

  test.each([
    ['absent', /waits for Vault at/],
    ['uninitialised', /not initialised/],
    ['sealed', /sealed/],
    ['standby', /standby/],
  ] as const)('%s: everything behind it is deferred, and says why', async (state, because) => {
    await vault.enter(state);
    const plan = await json('plan');
    expect(plan).toMatchObject({ code: 0, errored: false, complete: false, summary: { deferred: 2 } });
    for (const { deferred } of plan.changes) {
      expect(deferred).toMatchObject({ gate: 'vault.active', reason: expect.stringMatching(because) });
    }
  });

  test('active: the plan is concrete; sealed after that, it is drift, and what stands behind it is blind', async () => {
    await vault.enter('active');
    expect(await json('plan')).toMatchObject({ code: 0, complete: true, summary: { create: 2 } });
    expect(await json('apply', '--auto-approve')).toMatchObject({ code: 0 });
    await vault.enter('sealed');
    const drift = await json('drift');
    expect(drift).toMatchObject({ code: 3, drifted: [], lost: [{ provider: 'vault' }] });
    expect(drift.blind).toHaveLength(2);
  });

  test('another product than the manifest says: every verb is refused, with exit code 5, and why', async () => {
    await vault.enter('active');
    await write('openbao');
    const why = expect.stringMatching(/ is vault [\d.]+, and the manifest says product: openbao$/);
    const refused = { code: 5, diagnostics: [{ code: 'GUARD', message: why, next: expect.any(String) }] };
    for (const words of [['plan'], ['drift'], ['verify'], ['apply', '--auto-approve']]) {
      const { exit, ...document } = await json(...words);
      expect(document).toMatchObject(refused);
      expect(exit.conditions).toEqual(expect.arrayContaining(['refused']));
    }
  });
});
