import { entryOf } from '../content.ts';
import type { Call } from '../endpoint.ts';
import type { JwtAuth, JwtRole } from './content.ts';

/** What the auth method that a call goes to holds. */
export const methodOf = ({ vault, mount }: Pick<Call, 'vault' | 'mount'>): JwtAuth => {
  const known = entryOf(vault.content.jwt, mount.entry.uuid);
  if (known !== undefined) return known;
  const made: JwtAuth = { roles: {} };
  vault.content.jwt[mount.entry.uuid] = made;
  return made;
};

/** The role of that name, whatever its case. */
export const roleOf = (call: Pick<Call, 'vault' | 'mount'>, name: string): JwtRole | undefined =>
  entryOf(methodOf(call).roles, name.toLowerCase());
