import { resolve } from 'node:path';
import { providerOf } from '../engine/address.ts';
import type { Resource } from '../engine/resource.ts';
import { type Complaint, complaint, placeOf } from './complaint.ts';
import { defined } from './expand/defined.ts';
import { type Given, wrong } from './expand/draft.ts';
import type { VaultSection } from './schema/vault.ts';
import { plain } from './text.ts';
import { originOf } from './yaml/tree.ts';

/** How to reach each provider that resources are of, as its connect() takes it; or what is missing for that. */
export const connectionsFor = (
  given: Given,
  resources: readonly Resource[],
  folder: string,
): { connections: Record<string, unknown>; writtenAt: Record<string, string>; complaints: Complaint[] } => {
  const used = new Map(resources.map((resource) => [providerOf(resource.kind), resource]));
  const { cluster, install, vault } = given.manifest;
  const inCluster = used.get('kubernetes') ?? used.get('external-secrets');
  const inVault = used.get('vault');
  const operator = install['external-secrets'];
  return {
    connections: {
      ...(inCluster === undefined || cluster === undefined
        ? {}
        : {
            kubernetes: defined({
              context: plain(cluster.context),
              kubeconfig: cluster.kubeconfig && resolve(folder, plain(cluster.kubeconfig)),
            }),
          }),
      ...(used.has('external-secrets')
        ? {
            'external-secrets': {
              mode: operator?.mode ?? 'expected',
              namespace: operator?.namespace ?? 'external-secrets',
            },
          }
        : {}),
      ...(inVault === undefined || vault === undefined
        ? {}
        : { vault: vaultConnection(vault, install['vault']?.mode ?? 'expected') }),
    },
    writtenAt: {
      kubernetes: placeOf(originOf(given.tree, ['cluster', 'context'])),
      'external-secrets': placeOf(originOf(given.tree, ['install', 'external-secrets'])),
      vault: placeOf(originOf(given.tree, ['vault', 'address'])),
    },
    complaints: [
      ...(inCluster !== undefined && cluster === undefined
        ? [wrong(given, ['cluster'], 'is missing; name a context of your kubeconfig, lab never takes the current one')]
        : []),
      ...(inVault !== undefined && vault === undefined
        ? [complaint(inVault.origin, 'needs the section vault, with address and login')]
        : []),
      ...(vault === undefined ? [] : plaintext(given, vault)),
    ],
  };
};

const vaultConnection = ({ address, reach, plaintext: consent, product, login }: VaultSection, mode: string) => ({
  address: plain(address),
  reach,
  mode,
  product,
  login,
  ...(consent === undefined ? {} : { plaintext: consent }),
});

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

const plaintext = (given: Given, { address, plaintext: consent }: VaultSection): Complaint[] => {
  const { protocol, hostname } = new URL(address);
  const path = ['vault', 'address'];
  if (protocol === 'https:') return [];
  if (consent === undefined) {
    return [wrong(given, path, 'is plain http; use https, or consent with plaintext: loopback or in-cluster')];
  }
  if (consent === 'loopback' && !loopback.includes(hostname)) {
    return [wrong(given, path, 'plaintext: loopback only allows http to 127.0.0.1, ::1 and localhost')];
  }
  return [];
};
