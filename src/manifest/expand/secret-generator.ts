import { address } from '../../engine/address.ts';
import { goDuration } from '../../engine/fields.ts';
import { didYouMean } from '../../engine/suggest.ts';
import { type Fields, isFields } from '../../engine/value.ts';
import type { Complaint } from '../complaint.ts';
import { own } from '../own.ts';
import { splitNamespaced } from '../schema/names.ts';
import type { SecretEntry } from '../schema/secrets.ts';
import type { VaultStore } from '../schema/stores.ts';
import type { KubernetesAuthRole } from '../schema/vault.ts';
import { draft, type Found, type Given, namespaceDraft, wrong } from './draft.ts';
import { externalSecretSpec } from './external-secret.ts';
import { vaultProvider } from './store-vault.ts';

const group = 'generators.external-secrets.io';
const kind = 'VaultDynamicSecret';

// What External Secrets does without `refresh`.
const defaultRefresh = 3600;

/** How an entry that Vault makes values for says who asks. */
export interface LoginWords {
  readonly store?: string | undefined;
  readonly serviceAccount?: string | undefined;
  readonly login?: string | undefined;
}

/** Who asks Vault: a service account of the Secret's namespace, through a role of an auth method. */
export interface Login {
  readonly account: string;
  readonly as: string;
  readonly method: string;
  /** The block that says so to External Secrets. */
  readonly provider: Fields;
}

/** What is asked of Vault, and what the ExternalSecret makes of the answer. */
export interface Asked {
  /** The generator's own fields beside its login: path, method, parameters. */
  readonly generator: Fields;
  /** What has to be there in Vault. */
  readonly after: readonly string[];
  /** Instead of what the entry itself says. */
  readonly target?: Fields;
}

/** Who asks, the generator, and the ExternalSecret that it feeds. */
export function* expandGenerator(
  entry: string,
  secret: SecretEntry,
  { account, as, method, provider }: Login,
  asked: Asked,
): Generator<Found> {
  const path = ['secrets', entry];
  const { namespace, name } = splitNamespaced(entry);
  yield namespaceDraft(path, namespace);
  yield draft(path, 'kubernetes.service-account', [namespace, account], { spec: {}, ownership: 'contributed' });
  const generator = [group, kind, namespace, name];
  yield draft(path, 'kubernetes.object', generator, {
    spec: { object: { apiVersion: `${group}/v1alpha1`, spec: { ...asked.generator, provider } } },
    after: [
      address('kubernetes.service-account', namespace, account),
      ...asked.after,
      address('vault.kubernetes-auth-role', method, as),
    ],
  });
  yield draft(path, 'external-secrets.external-secret', [namespace, name], {
    spec: {
      ...externalSecretSpec(secret, name),
      ...(asked.target === undefined ? {} : { target: asked.target }),
      generator: { kind, name },
    },
    after: [address('kubernetes.object', ...generator)],
  });
}

/** The mount and the role of `MOUNT/ROLE`. */
export const splitRole = (text: string): { mount: string; role: string } => {
  const slash = text.lastIndexOf('/');
  return { mount: text.slice(0, slash), role: text.slice(slash + 1) };
};

/** How External Secrets logs in: a generator of a namespace does so as a service account of that namespace only. */
export const loginOf = (given: Given, entry: string, word: string, words: LoginWords): Login | Complaint => {
  const { stores, vault } = given.manifest;
  const path = ['secrets', entry, word];
  const { namespace, name } = splitNamespaced(entry);
  const known = Object.entries(stores).flatMap(([key, store]) =>
    store.type === 'vault' ? [[key, store] as const] : [],
  );
  const [only, another] = known;
  const found = words.store === undefined ? (another === undefined ? only : undefined) : named(known, words.store);
  if (found === undefined) {
    const names = known.map(([key]) => key);
    const text =
      words.store === undefined
        ? `needs ${names.length === 0 ? 'a store of type vault, whose login is used' : `store: one of ${names.join(', ')}`}`
        : `is no store of type vault${didYouMean(words.store, names)}`;
    return wrong(given, [...path, ...(words.store === undefined ? [] : ['store'])], text);
  }
  const [storeName, store] = found;
  if (store.auth === undefined || vault === undefined) {
    return wrong(given, path, `needs the auth of stores.${storeName}, and section vault`);
  }
  const account = words.serviceAccount ?? name;
  const as = words.login ?? store.auth.role;
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
const providerBlock = (server: string, store: VaultStore, namespace: string): Fields => {
  const { vault } = vaultProvider(server, store, namespace);
  const { path: _, ...block } = isFields(vault) ? vault : {};
  return block;
};

const methodOf = (given: Given, { method }: Login) => own(given.manifest.vault?.auth ?? {}, method);

const loginRole = (given: Given, login: Login): KubernetesAuthRole | undefined => {
  const method = methodOf(given, login);
  return method?.type === 'kubernetes' ? own(method.roles, login.as) : undefined;
};

/** An account that the login role, where it is in the manifest, does not let in. */
export function* uninvited(given: Given, entry: string, word: string, login: Login): Generator<Found> {
  const { namespace } = splitNamespaced(entry);
  const role = loginRole(given, login);
  if (role === undefined) return;
  if (role.serviceAccounts.some((one) => one.namespace === namespace && one.name === login.account)) return;
  const text = `logs in as ${namespace}/${login.account}, which vault.auth.${login.method}.roles.${login.as} does not let in`;
  yield wrong(given, ['secrets', entry, word], text);
}

/** How long something lives; 0 where the manifest does not say. */
export interface Life {
  readonly what: string;
  readonly seconds: number;
}

/** How long the token lives that asks. */
export const loginLife = (given: Given, login: Login): Life => ({
  what: `the ttl of the login role ${login.as}`,
  seconds: loginRole(given, login)?.ttl ?? methodOf(given, login)?.defaultLeaseTtl ?? 0,
});

/** A refresh that comes too late: `so` says what happens then. */
export function* tooLate(
  given: Given,
  entry: string,
  { refresh }: SecretEntry,
  lives: readonly Life[],
  so: string,
): Generator<Found> {
  const every = refresh ?? defaultRefresh;
  const path = ['secrets', entry, ...(refresh === undefined ? [] : ['refresh'])];
  for (const { what, seconds } of lives) {
    if (seconds === 0 || (every > 0 && every < seconds / 2)) continue;
    const said = every === 0 ? 'refresh 0 never asks again' : `refresh is ${goDuration(every)}`;
    yield wrong(given, path, `${said}; it must be less than half of ${what}, ${goDuration(seconds)}, or ${so}`);
  }
}
