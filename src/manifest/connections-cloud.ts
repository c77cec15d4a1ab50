import { parseAddress, providerOf } from '../engine/address.ts';
import type { Path } from '../engine/path.ts';
import type { Resource } from '../engine/resource.ts';
import { takenFrom } from '../engine/stored.ts';
import type { Fields } from '../engine/value.ts';
import { type Complaint, complaint } from './complaint.ts';
import { defined } from './expand/defined.ts';
import { type Given, whereElse, wrong } from './expand/draft.ts';
import { cloudOf, partitionOf } from './schema/cloud-names.ts';
import type { Store } from './schema/stores.ts';
import { storesForVault } from './stores-for-vault.ts';
import { originOf } from './yaml/tree.ts';

/** How to reach one cloud for the resources in it. */
export interface CloudConnection {
  readonly config: Fields;
  /** The manifest path that says where it is. */
  readonly path: Path;
  /** The scope that must answer, where the manifest says which. */
  readonly expected: string | undefined;
  readonly complaints: readonly Complaint[];
}

// lab's own identity is not in the manifest: it is the operator's, of az login or of an AWS profile.
const credential = { type: 'ambient' };

/** The connection to Azure: one cloud, one tenant, one subscription, every vault that is there before lab makes any. */
export const azureConnection = (given: Given, resources: readonly Resource[]): CloudConnection => {
  const clouds = storesOf(given, 'azure-key-vault').map(({ path, store }) => ({ path, says: cloudOf(store.url).name }));
  const [cloud] = clouds;
  const { tenant, subscription } = given.manifest.expect?.azure ?? {};
  const made = new Set(
    ofKind(resources, 'azure.key-vault').flatMap((vault) => (vault.ownership === 'owned' ? vaultOf(vault) : [])),
  );
  const filled = storesForVault(given.manifest).flatMap((store) =>
    store.type === 'azure-key-vault' ? [store.name.toLowerCase()] : [],
  );
  const read = resources.flatMap(({ spec }) => takenFrom(spec)).map(({ address }) => parseAddress(address));
  const vaults = [
    ...[...resources, ...read].filter(({ kind }) => kind === 'azure.key-vault-secret').map(vaultOf),
    ...filled,
  ];
  const inSubscription = resources.find(
    ({ kind }) => providerOf(kind) === 'azure' && kind !== 'azure.key-vault-secret',
  );
  return {
    config: defined({
      cloud: cloud?.says === 'public' ? undefined : cloud?.says,
      tenant,
      subscription,
      vaults: [...new Set(vaults)].filter((vault) => !made.has(vault)).toSorted(),
      entered: enteredBy(resources),
      credential,
    }),
    path: cloud?.path ?? ['resources'],
    expected: subscription === undefined ? tenant : `${tenant}/${subscription}`,
    complaints: [
      ...oneOnly(given, 'cloud of Azure', clouds),
      ...(subscription === undefined ? subscriptionMissing(given, inSubscription) : []),
    ],
  };
};

const subscriptionMissing = (given: Given, resource: Resource | undefined): Complaint[] => {
  const text = 'needs expect.azure.subscription; az account show has it as id';
  if (resource !== undefined) return [complaint(resource.origin, text)];
  return given.manifest.cluster?.aks === undefined ? [] : [wrong(given, ['cluster', 'aks'], text)];
};

/** Vaults that lab gives itself a role in: until that has taken effect, they let it in to nothing. */
const enteredBy = (resources: readonly Resource[]): Fields[] | undefined => {
  const own = ofKind(resources, 'azure.role-assignment').flatMap(({ parts }) => {
    const [group = '', vault = '', who] = parts.map((part) => part.toLowerCase());
    return parts.length === 4 && who === 'self' ? [{ group, vault }] : [];
  });
  return own.length === 0 ? undefined : own;
};

const ofKind = (resources: readonly Resource[], wanted: string): Resource[] =>
  resources.filter(({ kind }) => kind === wanted);

const vaultOf = ({ parts: [vault = ''] }: Pick<Resource, 'parts'>): string => vault.toLowerCase();

/** Where lab logs in for IAM alone, which has no regions. */
const anyRegion = 'us-east-1';

/** The connection to AWS: one account, logged in to at the region that comes first. */
export const awsConnection = (given: Given, resources: readonly Resource[]): CloudConnection => {
  const stores = storesOf(given, 'aws-secrets-manager');
  const [first] = stores;
  const written = resources.find(({ kind }) => kind === 'aws.secrets-manager-secret');
  const { eks } = given.manifest.cluster ?? {};
  const region = first?.store.region ?? written?.parts[0] ?? eks?.region ?? anyRegion;
  const partitions = stores.map(({ path, store }) => ({ path: [...path, 'region'], says: partitionOf(store.region) }));
  const expected = given.manifest.expect?.aws?.account;
  const accounts = [
    ...(expected === undefined ? [] : [{ path: ['expect', 'aws', 'account'], says: expected }]),
    ...stores.flatMap(({ path, store: { account } }) =>
      account === undefined ? [] : [{ path: [...path, 'account'], says: account }],
    ),
  ];
  const account = accounts[0]?.says;
  return {
    config: defined({ region, account, credential }),
    path: first?.path ?? ['resources'],
    expected: account && `${partitionOf(region)}:${account}`,
    complaints: [...oneOnly(given, 'partition of AWS', partitions), ...oneOnly(given, 'account of AWS', accounts)],
  };
};

type StoreOf<Type extends Store['type']> = Extract<Store, { readonly type: Type }>;

const storesOf = <Type extends Store['type']>(given: Given, type: Type): { path: Path; store: StoreOf<Type> }[] =>
  Object.entries(given.manifest.stores).flatMap(([name, store]) =>
    isOf(store, type) ? [{ path: ['stores', name], store }] : [],
  );

const isOf = <Type extends Store['type']>(store: Store, type: Type): store is StoreOf<Type> => store.type === type;

interface Statement {
  readonly path: Path;
  readonly says: string;
}

/** lab has one login to a cloud, so what the manifest says of it must agree. */
const oneOnly = (given: Given, what: string, [first, ...others]: readonly Statement[]): Complaint[] =>
  others
    .filter(({ says }) => says !== first?.says)
    .map(({ path, says }) => {
      const where = whereElse(originOf(given.tree, first?.path ?? []));
      const text = `${says} is another ${what} than ${first?.says} at ${where}; two in one manifest are not supported yet`;
      return wrong(given, path, text);
    });
