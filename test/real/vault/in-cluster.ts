import type { Stranger } from '../kubernetes/cluster.ts';
import type { Nothing } from './nothing.ts';

/** Lets lab come to Vault through the API server. */
export const throughCluster = (here: Pick<Nothing, 'edit'>): Promise<void> =>
  here.edit((manifest) =>
    manifest.replace(/ {2}plaintext: loopback.*\n/, '  reach: port-forward\n  plaintext: in-cluster\n'),
  );

/** A namespace with the Service `vault`, for pods that are labelled so. */
export const serviceOfVault = async (put: Stranger, namespace: string, port: number): Promise<void> => {
  await put('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await put('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'default' } }).catch(
    () => undefined,
  );
  await put('POST', `/api/v1/namespaces/${namespace}/services`, {
    metadata: { name: 'vault' },
    spec: { selector: { app: 'vault' }, ports: [{ port, targetPort: 'api' }] },
  });
};
