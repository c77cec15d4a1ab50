import { entryOf } from '../content.ts';
import type { Call } from '../endpoint.ts';
import { emptyPki, type Issuer, type Key, type PkiStore } from './content.ts';

/** The store of the mount that a call goes to. */
export const storeOf = ({ vault, mount }: Pick<Call, 'vault' | 'mount'>): PkiStore => {
  const known = entryOf(vault.content.pki, mount.entry.uuid);
  if (known !== undefined) return known;
  const made = emptyPki();
  vault.content.pki[mount.entry.uuid] = made;
  return made;
};

/** An object and its id. */
export type Found<T> = { readonly id: string } & { readonly [Name in 'value']: T };

const find = <T extends { readonly name: string }>(
  table: Readonly<Record<string, T>>,
  reference: string,
  byDefault: string,
): Found<T> | undefined => {
  const id = reference === 'default' ? byDefault : reference;
  const own = id === '' ? undefined : entryOf(table, id);
  if (own !== undefined) return { id, value: own };
  const named = Object.entries(table).find(([, { name }]) => name !== '' && name === reference);
  return named === undefined ? undefined : { id: named[0], value: named[1] };
};

/** The issuer that a name, an id or `default` stands for. */
export const findIssuer = (store: PkiStore, reference: string): Found<Issuer> | undefined =>
  find(store.issuers, reference, store.defaultIssuer);

/** The key likewise. */
export const findKey = (store: PkiStore, reference: string): Found<Key> | undefined =>
  find(store.keys, reference, store.defaultKey);

/** What Vault says of an issuer that is not there. */
export const noIssuer = (reference: string): string =>
  reference === 'default'
    ? 'no default issuer currently configured'
    : `unable to find PKI issuer for reference: ${reference}`;

/** What Vault says of a key that is not there. */
export const noKey = (reference: string): string => `unable to find PKI key for reference: ${reference}`;

const nameForm = /^\w(([\w-.]+)?\w)?$/;

/** Whether a name can be given to a new issuer or key; else Vault's words. */
export const nameComplaint = (
  what: 'issuer' | 'key',
  name: string | undefined,
  isTaken: (name: string) => boolean,
): string | undefined => {
  if (name === undefined) return undefined;
  if (what === 'issuer' && name === '') return 'expected non-empty issuer name';
  if (name.toLowerCase() === 'default') return `reserved keyword 'default' can not be used as ${what} name`;
  if (!nameForm.test(name)) return `${what} name contained invalid characters`;
  return isTaken(name) ? `${what} name already in use` : undefined;
};
