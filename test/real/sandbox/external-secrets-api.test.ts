import { inject } from 'vitest';
import { describeExternalSecrets } from '../../support/external-secrets-api/external-secrets-api.ts';
import { sharedCluster } from './shared-cluster.ts';

describeExternalSecrets('the real External Secrets Operator', async () => {
  const { url, authority, call } = await sharedCluster();
  return { call, server: { url, authority }, vault: inject('servers').vault };
});
