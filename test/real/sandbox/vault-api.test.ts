import { join } from 'node:path';
import { inject } from 'vitest';
import { createRunFolder } from '../../servers/run-folders.ts';
import { startVault } from '../../servers/vault.ts';
import { clusterAccounts } from '../../support/vault-api/cluster-accounts.ts';
import { describeVaultLifecycle } from '../../support/vault-api/lifecycle.ts';
import { describeVaultApi } from '../../support/vault-api/vault-api.ts';
import { sharedCluster } from './shared-cluster.ts';

describeVaultApi('a real Vault', async () => {
  const { call, url, authority } = await sharedCluster();
  return { vault: inject('servers').vault, cluster: clusterAccounts(call, url, authority) };
});

describeVaultLifecycle('a real Vault', async () => {
  const folder = await createRunFolder();
  const vault = await startVault({ dir: join(folder.dir, 'vault'), mode: { kind: 'inmem' } });
  return { address: vault.address, stop: folder.remove };
});
