import { entryOf } from '../content.ts';
import type { Call } from '../endpoint.ts';
import type { DatabaseEngine } from './content.ts';

/** What the engine that a call goes to holds. */
export const engineOf = ({ vault, mount }: Pick<Call, 'vault' | 'mount'>): DatabaseEngine => {
  const known = entryOf(vault.content.databases, mount.entry.uuid);
  if (known !== undefined) return known;
  const made: DatabaseEngine = { connections: {}, roles: {}, staticRoles: {} };
  vault.content.databases[mount.entry.uuid] = made;
  return made;
};

/** Names as Vault takes them below a database mount. */
export const namePattern = String.raw`(\w(?:[\w.-]*\w)?)`;
