import { resolve } from 'node:path';
import { providerOf } from '../engine/address.ts';
import type { Resource } from '../engine/resource.ts';
import { takenFrom } from '../engine/stored.ts';
import type { Fields } from '../engine/value.ts';
import { type Complaint, complaint, placeOf } from './complaint.ts';
import { addressComplaints, isForwarded, loginComplaints, vaultConnection } from './connection-vault.ts';
import { awsConnection, azureConnection, type CloudConnection } from './connections-cloud.ts';
import { defined } from './expand/defined.ts';
import { type Given, wrong } from './expand/draft.ts';
import { operatorNamespace } from './expand/install.ts';
import { filledStores } from './filled-stores.ts';
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
  // A value that is taken from a store asks the store's system, too.
  const taken = resources.flatMap((resource) =>
    takenFrom(resource.spec).map(({ address }) => [providerOf(address), resource] as const),
  );
  const used = new Map([...taken, ...resources.map((resource) => [providerOf(resource.kind), resource] as const)]);
  const { cluster, install, vault, expect } = given.manifest;
  const inVault = used.get('vault');
  const hasObjects =
    used.has('kubernetes') || used.has('external-secrets') || (inVault !== undefined && asksCluster(vault));
  const keepsOwn = given.manifest.state.backend === 'kubernetes' || given.manifest.fingerprints?.secret !== undefined;
  const clouds = cloudsOf(given, resources, { used: [...used.keys()], needsCluster: hasObjects || keepsOwn });
  return {
    connections: {
      ...(!(hasObjects || keepsOwn) || cluster === undefined
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
        : { vault: vaultConnection(given, vault, { folder, resources }) }),
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
      ...(cluster === undefined ? withoutCluster(given, hasObjects) : []),
      ...(inVault !== undefined && vault === undefined
        ? [complaint(inVault.origin, 'needs the section vault, with address and login')]
        : []),
      ...(vault === undefined ? [] : [...addressComplaints(given, vault), ...loginComplaints(given, vault)]),
      ...clouds.flatMap(([, { complaints }]) => complaints),
    ],
  };
};

const withoutCluster = (given: Given, hasObjects: boolean): Complaint[] => {
  if (hasObjects) {
    return [
      wrong(given, ['cluster'], 'is missing; name a context of your kubeconfig, lab never takes the current one'),
    ];
  }
  const needed = 'needs the section cluster, with a context of your kubeconfig';
  const { state, fingerprints } = given.manifest;
  return [
    ...(state.backend === 'kubernetes' ? [wrong(given, ['state', 'backend'], `kubernetes ${needed}`)] : []),
    ...(fingerprints?.secret === undefined ? [] : [wrong(given, ['fingerprints', 'secret'], needed)]),
  ];
};

/** The stores of a cloud in which others than its own resources lie: an escrow, a SecretID, the key of the fingerprints. */
const cloudStores: Readonly<Record<string, string>> = { azure: 'azure-key-vault', aws: 'aws-secrets-manager' };

const cloudConnections = { azure: azureConnection, aws: awsConnection };

// A cloud is also asked where it runs the cluster that resources or the state are in.
const cloudsOf = (
  given: Given,
  resources: readonly Resource[],
  { used, needsCluster }: { readonly used: readonly string[]; readonly needsCluster: boolean },
): (readonly [provider: string, CloudConnection])[] => {
  const { aks, eks } = given.manifest.cluster ?? {};
  const runs: Readonly<Record<string, boolean>> = { azure: aks !== undefined, aws: eks !== undefined };
  return Object.entries(cloudConnections).flatMap(([provider, connectionTo]) => {
    const isAsked =
      used.includes(provider) ||
      (needsCluster && runs[provider] === true) ||
      filledStores(given.manifest).some(({ type }) => type === cloudStores[provider]);
    return isAsked ? [[provider, connectionTo(given, resources)] as const] : [];
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

/** Whether lab gets to Vault, or logs in to it, by the cluster. */
const asksCluster = (vault: VaultSection | undefined): boolean =>
  vault !== undefined &&
  (isForwarded(vault) || [vault.login.plan, vault.login.apply].some(({ auth }) => auth === 'kubernetes'));
