import type { Path } from '../../engine/path.ts';
import type { Fields } from '../../engine/value.ts';
import type { AzureAuth, AzureStore, WorkloadIdentityAuth } from '../schema/store-azure.ts';
import type { Grant } from '../schema/store-identity.ts';
import { groupOf, identityDraft, identityOf, type NamedIdentity, outputOf } from './azure-identity.ts';
import { clusterIssuer, issuerReference } from './cluster-issuer.ts';
import { defined } from './defined.ts';
import { draft, type Found, type Given, namespaceDraft, wrong } from './draft.ts';
import { type Read, readSecrets } from './reads.ts';
import { isDeliveredTo } from './secret-ids.ts';
import { isTakenFrom } from './store-source.ts';

// ESO asks for tokens with this audience, and Azure takes no other from a managed identity. Source: its Azure provider.
const audience = 'api://AzureADTokenExchange';
const annotation = 'azure.workload.identity';
const user = 'Key Vault Secrets User';
const officer = 'Key Vault Secrets Officer';

/** A store in a key vault: the vault where lab makes it, who External Secrets is there, and what both of them may. */
export function* azureStoreParts(given: Given, name: string, store: AzureStore): Generator<Found> {
  const path = ['stores', name];
  const { manage, auth, expose } = store;
  const group = groupOf(store);
  if (manage === 'create' && group !== undefined) {
    yield groupDraft(path, store, group);
    yield vaultDraft(path, store, group);
    const written = readsOf(given, name).some(({ key }) => key.value !== undefined) || isDeliveredTo(given, name);
    if (written || isTakenFrom(given, name))
      yield draft(path, 'azure.role-assignment', [group, store.name, 'self', officer], { spec: self });
  }
  if (auth === undefined || expose === 'none') return;
  yield* expandIdentity(given, name, store, auth);
}

/** Without these External Secrets cannot read the store. */
export const azureStoreNeeds = (given: Given, name: string, store: AzureStore): readonly string[] =>
  [...azureStoreParts(given, name, store)].flatMap((found) =>
    found.is === 'draft' && found.spec !== self && needed.has(found.kind) ? found.address : [],
  );

const self: Fields = { principalId: 'self' };
const needed: ReadonlySet<string> = new Set(['azure.key-vault', 'azure.federated-credential', 'azure.role-assignment']);

const groupDraft = (path: Path, { resourceGroup, location }: AzureStore, group: string) =>
  typeof resourceGroup === 'string'
    ? draft(path, 'azure.resource-group', [group], { spec: defined({ location }) })
    : draft(path, 'azure.resource-group', [group], { spec: {}, ownership: 'expected' });

const vaultDraft = (path: Path, store: AzureStore, group: string) => {
  const { manage, name, location, purgeProtection, retentionDays } = store;
  if (manage === 'existing') {
    return draft(path, 'azure.key-vault', [name], {
      spec: { resourceGroup: group, rbac: true },
      ownership: 'expected',
    });
  }
  const spec = defined({ resourceGroup: group, location, rbac: true, purgeProtection, retentionDays });
  return draft(path, 'azure.key-vault', [name], { spec });
};

function* expandIdentity(given: Given, name: string, store: AzureStore, auth: AzureAuth): Generator<Found> {
  const path = ['stores', name, 'auth'];
  const identity = identityOf(store, auth);
  if (identity === undefined) {
    if (auth.type === 'workload-identity') yield wrong(given, ['stores', name], groupMissing('the identity'));
    return;
  }
  const { subscription } = identity;
  const ours = given.manifest.expect?.azure?.subscription;
  if (subscription !== undefined && ours !== undefined && subscription !== ours) {
    const text = `is in the subscription ${subscription}, and expect.azure.subscription is ${ours}; two in one manifest are not supported yet`;
    yield wrong(given, [...path, 'identity', 'existing'], text);
    return;
  }
  yield identityDraft([...path, 'identity'], identity);
  if (auth.type === 'workload-identity') yield* trust(given, path, auth, identity);
  yield* rights(given, name, store, identity);
}

/** The annotations by which External Secrets finds the identity, and whose tokens an identity takes that lab makes. */
function* trust(given: Given, path: Path, auth: WorkloadIdentityAuth, identity: NamedIdentity): Generator<Found> {
  const { namespace, name } = auth.serviceAccount;
  yield namespaceDraft(path, namespace);
  yield draft(path, 'kubernetes.service-account', [namespace, name], {
    spec: {
      annotations: {
        [`${annotation}/client-id`]: outputOf(identity, 'clientId'),
        [`${annotation}/tenant-id`]: given.manifest.expect?.azure?.tenant ?? outputOf(identity, 'tenantId'),
      },
    },
    ownership: 'contributed',
  });
  if (identity.subscription !== undefined) return;
  yield clusterIssuer(path);
  // No dots: the name may hold letters, digits, "-" and "_".
  const label = [given.manifest.name, given.environment, namespace, name].join('-').replaceAll('.', '-').slice(-120);
  yield draft(path, 'azure.federated-credential', [identity.group, identity.name, label], {
    spec: {
      issuer: issuerReference,
      subject: `system:serviceaccount:${namespace}:${name}`,
      audiences: [audience],
    },
  });
}

function* rights(given: Given, name: string, store: AzureStore, identity: NamedIdentity): Generator<Found> {
  const { auth, manage } = store;
  const stated = auth === undefined || auth.type === 'service-principal' ? undefined : auth.grant;
  // An identity that was there brings its own rights, unless the manifest says what more it is to have.
  const grant = stated ?? (identity.subscription === undefined ? perSecret : undefined);
  if (grant === undefined) return;
  const path = ['stores', name, 'auth', ...(stated === undefined ? [] : ['grant'])];
  const group = groupOf(store);
  if (group === undefined) {
    yield wrong(given, ['stores', name], groupMissing('the vault'));
    return;
  }
  if (manage === 'existing') yield vaultDraft(path, store, group);
  const scopes = scopesOf(given, name, grant);
  if (scopes.length === 0) yield wrong(given, path, nothingToRead(grant));
  for (const scope of scopes) {
    yield draft(path, 'azure.role-assignment', [group, store.name, ...scope, identity.name, user], {
      spec: { principalId: outputOf(identity, 'principalId') },
    });
  }
}

const perSecret: Grant = { of: 'per-secret' };

/** Below the vault. Azure gives roles on single secrets and not on prefixes: a prefix picks of those that are read. */
const scopesOf = (given: Given, name: string, grant: Grant): readonly (readonly string[])[] => {
  if (grant.of === 'vault') return [[]];
  const keys = readsOf(given, name).map(({ remote }) => remote.key.toLowerCase());
  const start = grant.of === 'prefix' ? grant.prefix.toLowerCase() : '';
  return [...new Set(keys)]
    .filter((key) => key.startsWith(start))
    .toSorted()
    .map((key) => [key]);
};

const nothingToRead = (grant: Grant): string =>
  grant.of === 'prefix'
    ? `no entry of secrets reads a key from it that begins with ${grant.prefix}; Azure gives roles on single secrets`
    : 'grant per-secret gives nothing: no entry of secrets reads from it; write vault';

const groupMissing = (what: string): string => `resourceGroup is missing: where ${what} is`;

const readsOf = (given: Given, name: string): Read[] =>
  [...readSecrets(given)].flatMap((found) => (found.is === 'read' && found.storeName === name ? [found] : []));
