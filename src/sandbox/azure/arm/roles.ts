import type { Action } from '../principal.ts';

/** A built-in role. Source: "Azure built-in roles for Security" in Microsoft's documentation. */
export interface RoleDefinition {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Below `Microsoft.KeyVault/vaults/`. */
  readonly dataActions: readonly string[];
}

/** The roles that the sandbox knows. */
export const roleDefinitions: readonly RoleDefinition[] = [
  {
    id: '00482a5a-887f-4fb3-b363-3b7fe8e74483',
    name: 'Key Vault Administrator',
    description: 'All data operations on a key vault and everything in it.',
    dataActions: ['*'],
  },
  {
    id: '21090545-7ca7-4776-b22c-e363652d74d2',
    name: 'Key Vault Reader',
    description: 'Metadata of a key vault and of what is in it.',
    dataActions: ['*/read', 'secrets/readMetadata/action'],
  },
  {
    id: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
    name: 'Key Vault Secrets Officer',
    description: 'Any action on the secrets of a key vault, except to manage permissions.',
    dataActions: ['secrets/*'],
  },
  {
    id: '4633458b-17de-408a-b874-0445c86b69e6',
    name: 'Key Vault Secrets User',
    description: 'Reads the contents of secrets.',
    dataActions: ['secrets/getSecret/action', 'secrets/readMetadata/action'],
  },
];

/** Whether a role has a data action on secrets. */
export const grants = (roleId: string, action: Action): boolean => {
  const patterns = roleDefinitions.find(({ id }) => id === roleId)?.dataActions ?? [];
  return patterns.some((pattern) => matches(pattern, `secrets/${action}`));
};

const matches = (pattern: string, action: string): boolean => {
  const [head = '', ...rest] = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${[head, ...rest].join('.*')}$`, 'i').test(action);
};
