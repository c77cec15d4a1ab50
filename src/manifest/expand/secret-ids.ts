import { address, providerOf } from '../../engine/address.ts';
import type { Path } from '../../engine/path.ts';
import { didYouMean } from '../../engine/suggest.ts';
import type { Complaint } from '../complaint.ts';
import { own } from '../own.ts';
import type { SecretIdSettings } from '../schema/vault-machines.ts';
import { originOf } from '../yaml/tree.ts';
import { defined } from './defined.ts';
import { draft, type Found, type Given, whereElse, wrong } from './draft.ts';
import { readSecrets } from './reads.ts';
import { parseRemote } from './remote.ts';
import { remoteAddress, remoteObject } from './remote-object.ts';

/** A SecretID that is delivered. */
export interface Delivery {
  readonly is: 'delivery';
  /** The store that it is delivered into; absent for a file. */
  readonly storeName?: string;
  readonly mount: string;
  readonly role: string;
  readonly secretId: SecretIdSettings;
  /** Address of the secret that it lies in, or the file. */
  readonly target: string;
  /** Its own address: `vault.approle-secret-id/…`. */
  readonly address: string;
  readonly parts: readonly string[];
  readonly path: Path;
}

/** Every SecretID that is delivered, or what is wrong with where it goes. */
export function* deliveries(given: Given): Generator<Delivery | Complaint> {
  for (const [mount, auth] of Object.entries(given.manifest.vault?.auth ?? {})) {
    if (auth.type !== 'approle') continue;
    for (const [role, { secretId }] of Object.entries(auth.roles)) {
      if (secretId?.deliver === undefined) continue;
      yield delivery(given, { mount, role, secretId }, secretId.deliver);
    }
  }
}

const delivery = (
  given: Given,
  whose: Pick<Delivery, 'mount' | 'role' | 'secretId'>,
  to: NonNullable<SecretIdSettings['deliver']>,
): Delivery | Complaint => {
  const { mount, role } = whose;
  const path = ['vault', 'auth', mount, 'roles', role, 'secretId'];
  if (to.to === 'file') return delivered(whose, path, { target: `the file ${to.file}`, place: ['file', to.file] });
  const { name, key } = to.store;
  const at = [...path, 'deliver', 'store'];
  const { stores } = given.manifest;
  const store = own(stores, name);
  if (store === undefined) return wrong(given, at, `there is no store ${name}${didYouMean(name, Object.keys(stores))}`);
  if (store.type === 'vault') return wrong(given, at, 'lies in the Vault that it is to open');
  if (key.includes('#')) return wrong(given, at, 'a SecretID takes a secret of its own; write it without "#"');
  const parsed = parseRemote(key, store);
  if (!parsed.ok) return wrong(given, at, parsed.problem);
  const { kind, parts } = remoteObject({ store, remote: parsed.remote });
  const place = [providerOf(kind), ...parts];
  return { ...delivered(whose, path, { target: address(kind, ...parts), place }), storeName: name };
};

const delivered = (
  whose: Pick<Delivery, 'mount' | 'role' | 'secretId'>,
  path: Path,
  { target, place }: { readonly target: string; readonly place: readonly string[] },
): Delivery => {
  const parts = [whose.mount, whose.role, ...place];
  return { is: 'delivery', ...whose, target, address: address('vault.approle-secret-id', ...parts), parts, path };
};

/** SecretIDs that are delivered: each lies alone where it goes. */
export function* expandSecretIds(given: Given): Generator<Found> {
  const taken = new Map<string, Path>(
    [...readSecrets(given)].flatMap((read) =>
      read.is === 'read' && read.key.value !== undefined ? [[remoteAddress(read), read.path] as const] : [],
    ),
  );
  for (const found of deliveries(given)) {
    if (found.is === 'complaint') {
      yield found;
      continue;
    }
    const other = taken.get(found.target);
    taken.set(found.target, found.path);
    if (other !== undefined) {
      const text = `${found.target} gets another value at ${whereElse(originOf(given.tree, other))}`;
      yield wrong(given, [...found.path, 'deliver', found.storeName === undefined ? 'wrapped' : 'store'], text);
    }
    const { ttl, renewBefore } = found.secretId;
    const spec = defined({ ttl, renewBefore: renewBefore ?? (ttl && Math.floor(ttl / 4)) });
    yield draft(found.path, 'vault.approle-secret-id', found.parts, { spec });
  }
}

/** What delivers into a secret that section `secrets` reads, by the secret's address. */
export const deliveredInto = (given: Given): ReadonlyMap<string, string> =>
  new Map([...deliveries(given)].flatMap((found) => (found.is === 'delivery' ? [[found.target, found.address]] : [])));

/** Whether lab delivers something into a store. */
export const isDeliveredTo = (given: Given, store: string): boolean =>
  [...deliveries(given)].some((found) => found.is === 'delivery' && found.storeName === store);
