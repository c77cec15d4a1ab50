import { readFile } from 'node:fs/promises';
import { inject } from 'vitest';
import { callApi } from '../../support/external-secrets-api/call-api.ts';

/** The shared real cluster, as its administrator. */
export const sharedCluster = async () => {
  const { url, caFile, kubeconfig } = inject('servers');
  const authority = await readFile(caFile, 'utf8');
  const config = JSON.parse(await readFile(kubeconfig, 'utf8'));
  const { user } = config.users[0];
  const decoded = (field: string): string => Buffer.from(user[field], 'base64').toString('utf8');
  const identity = {
    cert: decoded('client-certificate-data'),
    key: decoded('client-key-data'),
  };
  return { url, authority, identity, call: callApi({ url, authority, identity }) };
};
