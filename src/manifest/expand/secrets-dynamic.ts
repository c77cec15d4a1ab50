import { address } from '../../engine/address.ts';
import { goDuration } from '../../engine/fields.ts';
import type { Path } from '../../engine/traits.ts';
import { isFields } from '../../engine/value.ts';
import { own } from '../own.ts';
import { splitNamespaced } from '../schema/names.ts';
import type { SecretEntry } from '../schema/secrets.ts';
import type { DynamicSecret } from '../schema/secrets-dynamic.ts';
import type { VaultStore } from '../schema/stores.ts';
import { didYouMean } from '../suggest.ts';
import { draft, type Found, type Given, namespaceDraft, wrong } from './draft.ts';
import { externalSecretSpec } from './external-secret.ts';
import { vaultProvider } from './store-vault.ts';

const group = 'generators.external-secrets.io';
const kind = 'VaultDynamicSecret';

// What External Secrets does without `refresh`.
const defaultRefresh = 3600;

/** An entry of `secrets` with `dynamic`: who logs in, the generator, and the ExternalSecret that it feeds. */
export function* expandDynamic(
  given: Given,
  entry: string,
  secret: SecretEntry,
  dynamic: DynamicSecret,
): Generator<Found> {
  const path = ['secrets', entry];
  const { namespace, name } = splitNamespaced(entry);
  const login = loginOf(given, path, namespace, name, dynamic);
  if ('is' in login) {
    yield login;
    return;
  }
  const { mount, role } = split(dynamic.role);
  yield* complaints(given, path, secret, { dynamic, ...login, mount, role });
  yield namespaceDraft(path, namespace);
  const { account } = login;
  yield draft(path, 'kubernetes.service-account', [namespace, account], { spec: {}, ownership: 'contributed' });
  const generator = [group, kind, namespace, name];
  yield draft(path, 'kubernetes.object', generator, {
    spec: {
      object: { apiVersion: `${group}/v1alpha1`, spec: { path: `${mount}/creds/${role}`, provider: login.provider } },
    },
    after: [
      address('kubernetes.service-account', namespace, account),
      address('vault.database-role', mount, role),
      address('vault.kubernetes-auth-role', login.method, login.as),
    ],
  });
  yield draft(path, 'external-secrets.external-secret', [namespace, name], {
    spec: { ...externalSecretSpec(secret, name), generator: { kind, name } },
    after: [address('kubernetes.object', ...generator)],
  });
}

const split = (text: string): { mount: string; role: string } => {
  const slash = text.lastIndexOf('/');
  return { mount: text.slice(0, slash), role: text.slice(slash + 1) };
};

/** How External Secrets logs in: a generator of a namespace does so as a service account of that namespace only. */
const loginOf = (given: Given, path: Path, namespace: string, name: string, dynamic: DynamicSecret) => {
  const { stores, vault } = given.manifest;
  const known = Object.entries(stores).flatMap(([key, store]) =>
    store.type === 'vault' ? [[key, store] as const] : [],
  );
  const [only, another] = known;
  const found = dynamic.store === undefined ? (another === undefined ? only : undefined) : named(known, dynamic.store);
  if (found === undefined) {
    const names = known.map(([key]) => key);
    const text =
      dynamic.store === undefined
        ? `needs ${names.length === 0 ? 'a store of type vault, whose login is used' : `store: one of ${names.join(', ')}`}`
        : `is no store of type vault${didYouMean(dynamic.store, names)}`;
    return wrong(given, [...path, 'dynamic', ...(dynamic.store === undefined ? [] : ['store'])], text);
  }
  const [storeName, store] = found;
  if (store.auth === undefined || vault === undefined) {
    return wrong(given, [...path, 'dynamic'], `needs the auth of stores.${storeName}, and section vault`);
  }
  const account = dynamic.serviceAccount ?? name;
  const as = dynamic.login ?? store.auth.role;
  const auth = { ...store.auth, role: as, serviceAccount: { namespace, name: account } };
  return {
    account,
    as,
    method: store.auth.path,
    provider: providerBlock(vault.address, { ...store, auth }, namespace),
  };
};

const named = (known: readonly (readonly [string, VaultStore])[], name: string) => known.find(([key]) => key === name);

/** The block of a store without its mount: the path says all of it. */
const providerBlock = (server: string, store: VaultStore, namespace: string) => {
  const { vault } = vaultProvider(server, store, namespace);
  const { path: _, ...block } = isFields(vault) ? vault : {};
  return block;
};

interface Asked {
  readonly dynamic: DynamicSecret;
  readonly account: string;
  readonly as: string;
  readonly method: string;
  readonly mount: string;
  readonly role: string;
}

/** What the manifest itself shows to be wrong, where role and login are in it. */
function* complaints(given: Given, path: Path, { refresh }: SecretEntry, asked: Asked): Generator<Found> {
  const { vault } = given.manifest;
  const mount = own(vault?.mounts ?? {}, asked.mount);
  if (mount !== undefined && mount.type !== 'database') {
    yield wrong(given, [...path, 'dynamic', 'role'], `${asked.mount} is of type ${mount.type}, not database`);
    return;
  }
  const role = mount === undefined ? undefined : own(mount.roles, asked.role);
  if (mount !== undefined && role === undefined) {
    const hint = didYouMean(asked.role, Object.keys(mount.roles));
    yield wrong(given, [...path, 'dynamic', 'role'], `${asked.mount} has no role ${asked.role}${hint}`);
  }
  const method = own(vault?.auth ?? {}, asked.method);
  const login = method?.type === 'kubernetes' ? own(method.roles, asked.as) : undefined;
  const { namespace } = splitNamespaced(String(path[1]));
  const isListed = login?.serviceAccounts.some((one) => one.namespace === namespace && one.name === asked.account);
  if (login !== undefined && isListed === false) {
    const text = `logs in as ${namespace}/${asked.account}, which vault.auth.${asked.method}.roles.${asked.as} does not let in`;
    yield wrong(given, [...path, 'dynamic'], text);
  }
  // Vault ends a user with the token that asked for it, so that the login counts as much as the role.
  const lives = [
    { what: `the ttl of ${asked.dynamic.role}`, seconds: role?.ttl ?? mount?.defaultLeaseTtl ?? 0 },
    { what: `the ttl of the login role ${asked.as}`, seconds: login?.ttl ?? method?.defaultLeaseTtl ?? 0 },
  ].filter(({ seconds }) => seconds > 0);
  for (const { what, seconds } of lives) {
    const every = refresh ?? defaultRefresh;
    if (every > 0 && every < seconds / 2) continue;
    const said = every === 0 ? 'refresh 0 never asks again' : `refresh is ${goDuration(every)}`;
    const text = `${said}; it must be less than half of ${what}, ${goDuration(seconds)}, or users end while they are in use`;
    yield wrong(given, refresh === undefined ? path : [...path, 'refresh'], text);
  }
}
