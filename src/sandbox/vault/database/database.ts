import { entryOf, randomHex } from '../content.ts';
import type { Vault } from '../endpoint.ts';

// The databases themselves. None runs: every one that a URL names is there, and lets everybody in, save who comes with
// another password than the one that Vault gave that user.

/** What is asked of a database. */
export interface Login {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** Why it does not let somebody in, in the words of the plugin; undefined if it does. */
export const refusesLogin = ({ content }: Vault, login: Login): string | undefined => {
  const known = entryOf(content.databaseUsers, userKey(login));
  if (known === undefined || known === login.password) return undefined;
  const { host, database } = placeOf(login.url);
  const fatal = `FATAL: password authentication failed for user "${login.username}" (SQLSTATE 28P01)`;
  return `failed to connect to \`host=${host.replace(/:\d+$/, '')} user=${login.username} database=${database}\`: failed SASL auth (${fatal})`;
};

/** Gives a user a new password, which only Vault knows. */
export const changePassword = ({ content }: Vault, user: Pick<Login, 'url' | 'username'>): string => {
  const password = madePassword();
  content.databaseUsers[userKey(user)] = password;
  return password;
};

/** A password as Vault makes them. */
export const madePassword = (): string => `${randomHex(4)}-${randomHex(5)}A`;

const userKey = ({ url, username }: Pick<Login, 'url' | 'username'>): string => `${placeOf(url).host}/${username}`;

const placeOf = (url: string): { host: string; database: string } => {
  const [, host = '', database = ''] = /@([^/?]*)(?:\/([^?]*))?/.exec(url) ?? [];
  return { host, database };
};
