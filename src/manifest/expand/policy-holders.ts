import { isList, type Value } from '../../engine/value.ts';
import type { VaultSection } from '../schema/vault.ts';
import type { Draft } from './draft.ts';

/** A role of an auth method, or a group. */
export interface Holder {
  /** `role kubernetes/app` */
  readonly named: string;
  /** Of a role: the path of its method and its own name. */
  readonly mount?: string;
  readonly role?: string;
  readonly isAppRole: boolean;
  /** As Vault keeps their names: in lower case. */
  readonly policies: readonly string[];
}

/** The texts of a list; what is only known later has none. */
export const textsIn = (value: Value | undefined): readonly string[] =>
  isList(value) ? value.filter((item) => typeof item === 'string') : [];

/** Who is given policies, by whatever section of the manifest. */
export const holdersIn = (drafts: readonly Draft[]): readonly Holder[] =>
  drafts.flatMap(({ kind, parts: [first = '', second = ''], spec }): readonly Holder[] => {
    const policies = textsIn(spec['policies']).map((name) => name.toLowerCase());
    switch (kind) {
      case 'vault.kubernetes-auth-role':
      case 'vault.jwt-auth-role':
      case 'vault.approle-role': {
        const isAppRole = kind === 'vault.approle-role';
        return [{ named: `role ${first}/${second}`, mount: first, role: second, isAppRole, policies }];
      }
      case 'vault.identity-group':
        return [{ named: `group ${first}`, isAppRole: false, policies }];
      default:
        return [];
    }
  });

/** Whether it is what lab itself logs in by when it applies. */
export const isOwnLogin = (vault: VaultSection | undefined, { mount, role }: Holder): boolean => {
  const apply = vault?.login.apply;
  if (apply === undefined || apply.auth === 'token') return false;
  // An AppRole is told by its RoleID, which the manifest does not hold.
  return apply.path === mount && (apply.auth === 'app-role' || apply.role === role);
};
