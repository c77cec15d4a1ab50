import { entryOf } from '../content.ts';
import type { Call } from '../endpoint.ts';
import type { KubernetesAuth, KubernetesRole } from './content.ts';

/** What the auth method that a call goes to holds. */
export const methodOf = ({ vault, mount }: Pick<Call, 'vault' | 'mount'>): KubernetesAuth => {
  const known = entryOf(vault.content.kubernetes, mount.entry.uuid);
  if (known !== undefined) return known;
  const made: KubernetesAuth = { roles: {} };
  vault.content.kubernetes[mount.entry.uuid] = made;
  return made;
};

/** The role of that name, whatever its case. */
export const roleOf = (call: Pick<Call, 'vault' | 'mount'>, name: string): KubernetesRole | undefined =>
  entryOf(methodOf(call).roles, name.toLowerCase());
