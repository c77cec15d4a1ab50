import { entryOf } from '../content.ts';
import type { Call } from '../endpoint.ts';
import type { AppRole, AppRoles, SecretId } from './content.ts';

/** The roles of the auth method that a call goes to. */
export const rolesOf = ({ vault, mount }: Pick<Call, 'vault' | 'mount'>): AppRoles => {
  const known = entryOf(vault.content.approle, mount.entry.uuid);
  if (known !== undefined) return known;
  const made: AppRoles = {};
  vault.content.approle[mount.entry.uuid] = made;
  return made;
};

/** The role that the path names, whatever its case. */
export const roleIn = (call: Call): AppRole | undefined => entryOf(rolesOf(call), nameIn(call));

/** Its name as Vault keeps it. */
export const nameIn = ({ params: [name = ''] }: Call): string => name.toLowerCase();

/** Whether a SecretID is over, by its time. */
export const isOver = ({ createdAt, ttl }: SecretId): boolean => ttl > 0 && createdAt + ttl * 1000 <= Date.now();
