import { entryOf, randomHex } from '../content.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { issueLease } from '../leases.ts';
import { type Result, refused, together } from '../result.ts';
import { noConnection } from './connections.ts';
import type { DatabaseConnection } from './content.ts';
import { madePassword } from './database.ts';
import { engineOf, namePattern } from './store.ts';

/** The refusal where a connection does not allow a role; its list may hold globs. */
export const notAllowed = ({ allowedRoles }: DatabaseConnection, role: string): Result | undefined => {
  const allowed = allowedRoles.some((glob) => {
    const [head = '', ...tail] = glob.split('*');
    if (tail.length === 0) return glob === role;
    return role.startsWith(head) && role.endsWith(tail.at(-1) ?? '');
  });
  return allowed ? undefined : refused(500, together([`"${role}" is not an allowed role`]));
};

const mint = (call: Call): Result => {
  const { roles, connections } = engineOf(call);
  const name = call.params[0] ?? '';
  const role = entryOf(roles, name);
  if (role === undefined) return refused(400, `unknown role: ${name}`);
  const connection = entryOf(connections, role.connection);
  if (connection === undefined) return noConnection(role.connection);
  const refusal = notAllowed(connection, name);
  if (refusal !== undefined) return refusal;
  if (role.creation.length === 0) return refused(500, together(['empty creation statements']));
  const lease = issueLease(call, `creds/${name}`, { ttl: role.defaultTtl, maxTtl: role.maxTtl });
  const username = `v-${call.token.displayName.slice(0, 8)}-${name.slice(0, 8)}-${randomHex(10)}-${Math.floor(Date.now() / 1000)}`;
  return { is: 'data', status: 200, data: { password: madePassword(), username }, lease };
};

/** `creds/…` of a database engine. */
export const credentialEndpoints: readonly Endpoint[] = [
  endpoint({ pattern: new RegExp(`^creds/${namePattern}$`), fields: {}, on: { read: mint } }),
];
