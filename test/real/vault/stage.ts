import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createRunFolder } from '../../servers/run-folders.ts';
import { startVault, type VaultMode } from '../../servers/vault.ts';
import { setUp } from './nothing.ts';
import { watchedWay } from './watched.ts';

/** The example vault-from-nothing before a Vault of its own, until the running test ends. */
export const stage = async (mode: VaultMode = { kind: 'inmem' }) => {
  const folder = await createRunFolder();
  const vault = await startVault({ dir: join(folder.dir, 'vault'), mode });
  const way = await watchedWay(vault.address);
  const here = await setUp(way.vaultAddress, { kubeconfig: way.kubeconfig });
  onTestFinished(async () => {
    await here.strike();
    await way.close();
    await folder.remove();
  });
  return { vault, way, here };
};
