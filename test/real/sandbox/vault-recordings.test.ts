import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { scenarios } from '../../sandbox/vault/scenarios/all.ts';
import { initKeys, newShares } from '../../sandbox/vault/scenarios/initialising.ts';
import { lifecycle } from '../../sandbox/vault/scenarios/refusals.ts';
import { playVault } from '../../sandbox/vault/transcript.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';
import { startVault, type Vault } from '../../servers/vault.ts';

const fileOf = (name: string) => `../../recordings/vault/${name}.txt`;

// What is recorded here is what test/sandbox/vault/recordings.test.ts holds the sandbox to.
describe('the real Vault still answers as it was recorded', () => {
  const token = inject('servers').vault.token;
  let folder: RunFolder;
  let open: Vault;
  beforeAll(async () => {
    folder = await createRunFolder();
    open = await startVault({ dir: join(folder.dir, 'open'), mode: { kind: 'dev', rootToken: token } });
  });
  afterAll(() => folder.remove());

  test.each(Object.entries(scenarios))('%s', async (name, scenario) => {
    const played = await playVault(scenario, {
      address: open.address,
      token,
      database: inject('servers').database.url,
    });
    await expect(played).toMatchFileSnapshot(fileOf(name));
  });

  test.each([
    ['lifecycle', lifecycle],
    ['init-keys', initKeys],
    ['new-shares', newShares],
  ])('%s', async (name, scenario) => {
    const empty = await startVault({ dir: join(folder.dir, name), mode: { kind: 'inmem' } });
    await expect(await playVault(scenario, { address: empty.address, token })).toMatchFileSnapshot(fileOf(name));
  });
});
