import { address } from '../../../engine/address.ts';
import type { Right } from '../../../engine/resource.ts';
import type { VaultClient } from '../client.ts';
import { listedOn } from '../listed.ts';
import { keptForLogin } from '../login/kept.ts';
import { trimSlashes } from '../path.ts';
import { may, mayHelp } from '../rights.ts';
import { roleName } from '../role-name.ts';

/** Where a role is, by its identity. */
export const rolePath = ([mount = '', role = '']: readonly string[]): string[] => ['auth', mount, 'role', role];

/** What the roles of every auth method have in common. `config`: the kind that a login needs beside the role. */
export const roleKind = (kind: string, config?: string) =>
  ({
    kind,
    parts: [['MOUNT', 'NAME']],
    ownership: 'whole',
    mark: 'parent',
    writes: 'merge',
    precondition: 're-read',
    // Vault lower-cases the name.
    identify: ([mount = '', name = '']: readonly string[]) => [trimSlashes(mount), roleName(name).toLowerCase()],
    parent: ([mount = '']: readonly string[]) => address('vault.auth-method', mount),
    after: ([mount = '']: readonly string[], { policies = [] }: { readonly policies?: readonly string[] }) => [
      ...(config === undefined ? [] : [address(config, mount)]),
      ...policies.map((name) => address('vault.policy', name)),
    ],
    gates: () => ['vault.active'],
    inventory: listedOn((mount) => ['auth', mount, 'role']),
    keep: async (client: VaultClient, id: readonly string[]) => keptForLogin(client, kind, id),
    remove: (client: VaultClient, id: readonly string[]) => client.remove(rolePath(id)),
  }) as const;

/** What any role of an auth method takes. */
export const rightsOfRole = (id: readonly string[]) => {
  const path = rolePath(id).join('/');
  const others = mayHelp(rolePath(id).slice(0, -1).join('/'), 'list');
  return { plan: [...may(path, 'read'), ...others], apply: may(path, 'create', 'update', 'delete') };
};

/** A token without the policy `default` cannot end itself after a proof. */
export const endingTokens = (noDefaultPolicy: boolean | undefined): readonly Right[] =>
  noDefaultPolicy === true ? may('auth/token/revoke', 'update') : [];
