import { resolve } from 'node:path';
import { providerOf } from '../engine/address.ts';
import type { Resource } from '../engine/resource.ts';
import type { Fields } from '../engine/value.ts';
import { type Complaint, complaint, placeOf } from './complaint.ts';
import { awsConnection, azureConnection, type CloudConnection } from './connections-cloud.ts';
import { defined } from './expand/defined.ts';
import { type Given, wrong } from './expand/draft.ts';
import { operatorNamespace } from './expand/install.ts';
import { isLoopback } from './loopback.ts';
import type { Cluster } from './schema/manifest.ts';
import type { VaultSection } from './schema/vault.ts';
import { plain } from './text.ts';
import { originOf } from './yaml/tree.ts';

/** How to reach the systems that resources are in. */
export interface Connections {
  /** Provider → what its connect() takes. */
  readonly connections: Readonly<Record<string, unknown>>;
  /** Provider → where the user wrote it. */
  readonly writtenAt: Readonly<Record<string, string>>;
  /** Provider → the scope that must answer. */
  readonly expects: Readonly<Record<string, string>>;
  /** What is missing. */
  readonly complaints: readonly Complaint[];
}

/** How to reach each provider that resources are of. A cloud that nothing is written to is not asked anything. */
export const connectionsFor = (given: Given, resources: readonly Resource[], folder: string): Connections => {
  const used = new Map(resources.map((resource) => [providerOf(resource.kind), resource]));
  const { cluster, install, vault, expect } = given.manifest;
  const hasObjects = used.has('kubernetes') || used.has('external-secrets');
  const keepsState = given.manifest.state.backend === 'kubernetes';
  const inVault = used.get('vault');
  const clouds = cloudsOf(given, resources, hasObjects || keepsState);
  return {
    connections: {
      ...(!(hasObjects || keepsState) || cluster === undefined
        ? {}
        : {
            kubernetes: clusterConnection(cluster, folder),
          }),
      ...(used.has('external-secrets')
        ? {
            'external-secrets': {
              mode: install['external-secrets']?.mode ?? 'expected',
              namespace: operatorNamespace(given.manifest),
            },
          }
        : {}),
      ...(inVault === undefined || vault === undefined
        ? {}
        : { vault: vaultConnection(vault, install['vault']?.mode ?? 'expected', folder) }),
      ...Object.fromEntries(clouds.map(([name, { config }]) => [name, config])),
    },
    writtenAt: {
      kubernetes: placeOf(originOf(given.tree, ['cluster'])),
      'external-secrets': placeOf(originOf(given.tree, ['install', 'external-secrets'])),
      vault: placeOf(originOf(given.tree, ['vault', 'address'])),
      ...Object.fromEntries(clouds.map(([name, { path }]) => [name, placeOf(originOf(given.tree, path))])),
    },
    expects: {
      ...(expect?.kubernetes === undefined ? {} : { kubernetes: expect.kubernetes.uid }),
      ...Object.fromEntries(
        clouds.flatMap(([name, { expected }]) => (expected === undefined ? [] : [[name, expected]])),
      ),
    },
    complaints: [
      ...(cluster === undefined ? withoutCluster(given, hasObjects, keepsState) : []),
      ...(inVault !== undefined && vault === undefined
        ? [complaint(inVault.origin, 'needs the section vault, with address and login')]
        : []),
      ...(vault === undefined ? [] : plaintext(given, vault)),
      ...clouds.flatMap(([, { complaints }]) => complaints),
    ],
  };
};

const withoutCluster = (given: Given, hasObjects: boolean, keepsState: boolean): Complaint[] => {
  if (hasObjects) {
    return [
      wrong(given, ['cluster'], 'is missing; name a context of your kubeconfig, lab never takes the current one'),
    ];
  }
  const needed = 'kubernetes needs the section cluster, with a context of your kubeconfig';
  return keepsState ? [wrong(given, ['state', 'backend'], needed)] : [];
};

const cloudConnections = { azure: azureConnection, aws: awsConnection };

// A cloud is also asked where it runs the cluster that resources or the state are in.
const cloudsOf = (
  given: Given,
  resources: readonly Resource[],
  needsCluster: boolean,
): (readonly [provider: string, CloudConnection])[] => {
  const { aks, eks } = given.manifest.cluster ?? {};
  const runs: Readonly<Record<string, boolean>> = { azure: aks !== undefined, aws: eks !== undefined };
  return Object.entries(cloudConnections).flatMap(([provider, connectionTo]) => {
    const inside = resources.filter(({ kind }) => providerOf(kind) === provider);
    const used = inside.length > 0 || (needsCluster && runs[provider] === true);
    return used ? [[provider, connectionTo(given, inside)] as const] : [];
  });
};

const clusterConnection = ({ context, kubeconfig, aks, eks }: Cluster, folder: string): Fields => {
  if (aks !== undefined) return { aks: { resourceGroup: plain(aks.resourceGroup), name: plain(aks.name) } };
  if (eks !== undefined) return { eks: { region: eks.region, name: plain(eks.name) } };
  return defined({
    context: context && plain(context),
    kubeconfig: kubeconfig && resolve(folder, plain(kubeconfig)),
  });
};

const vaultConnection = (
  { address, reach, plaintext: consent, product, login }: VaultSection,
  mode: string,
  folder: string,
) => ({
  address: plain(address),
  reach,
  mode,
  product,
  login,
  folder,
  ...(consent === undefined ? {} : { plaintext: consent }),
});

const plaintext = (given: Given, { address, plaintext: consent }: VaultSection): Complaint[] => {
  const { protocol } = new URL(address);
  const path = ['vault', 'address'];
  if (protocol === 'https:') return [];
  if (consent === undefined) {
    return [wrong(given, path, 'is plain http; use https, or consent with plaintext: loopback or in-cluster')];
  }
  if (consent === 'loopback' && !isLoopback(address)) {
    return [wrong(given, path, 'plaintext: loopback only allows http to 127.0.0.1, ::1 and localhost')];
  }
  return [];
};
