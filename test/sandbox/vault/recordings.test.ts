import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { startVaultSandbox, type VaultSandbox } from '../../../src/sandbox/vault/start.ts';
import { scenarios } from './scenarios/all.ts';
import { initKeys, newShares } from './scenarios/initialising.ts';
import { notYet } from './scenarios/not-yet.ts';
import { lifecycle } from './scenarios/refusals.ts';
import { playVault } from './transcript.ts';

const recorded = (name: string) => readFile(new URL(`../../recordings/vault/${name}.txt`, import.meta.url), 'utf8');

const withSandbox = async (
  state: 'active' | 'uninitialised',
  work: (vault: VaultSandbox) => Promise<string>,
): Promise<string> => {
  const vault = await startVaultSandbox({ seed: 'recordings', state });
  try {
    return await work(vault);
  } finally {
    await vault.stop();
  }
};

const played = (name: string): Promise<string> =>
  withSandbox('active', ({ address, rootToken }) => playVault(scenarios[name] ?? [], { address, token: rootToken }));

describe('the sandbox’s Vault answers what the real one answered', () => {
  test.each(Object.keys(scenarios).filter((name) => !notYet.includes(name)))('%s', async (name) => {
    expect((await played(name)).split('\n')).toEqual((await recorded(name)).split('\n'));
  });

  test.each([
    ['lifecycle', lifecycle],
    ['init-keys', initKeys],
    ['new-shares', newShares],
  ])('%s', async (name, scenario) => {
    const transcript = await withSandbox('uninitialised', ({ address, rootToken }) =>
      playVault(scenario, { address, token: rootToken }),
    );
    expect(transcript.split('\n')).toEqual((await recorded(name)).split('\n'));
  });
});

describe('what the sandbox’s Vault does not answer yet', () => {
  test.each(notYet)('%s is recorded, and leaves the list once the sandbox answers it', async (name) => {
    expect(Object.keys(scenarios)).toContain(name);
    expect(await played(name)).not.toEqual(await recorded(name));
  });
});
