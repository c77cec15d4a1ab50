import type { Document, Exit } from './document.ts';

/** What clouds and Vault must allow, as documents that they take. */
export interface Permissions {
  readonly name: string;
  readonly environment: string;
  /** A custom role. */
  readonly azure?: object;
  /** A policy of IAM. */
  readonly aws?: object;
  /** A policy of Vault, as `sys/policies/acl/NAME` takes it. */
  readonly vault?: { readonly policy: string };
}

/** `lab permissions for-plan --json`, `lab permissions for-apply --json` */
export interface PermissionsDocument extends Document, Permissions {}

/** All documents in one. */
export const permissionsJson = (permissions: Permissions, exit: Exit): PermissionsDocument => ({
  formatVersion: 1,
  exit,
  ...permissions,
});

/** The system whose document alone is asked for. */
export type Only = 'azure' | 'aws' | 'vault' | undefined;

/** One system's document alone, so that it can go to a file; or all, each with the command that takes it. */
export const permissionsText = ({ azure, aws, vault }: Permissions, only: Only): string => {
  switch (only) {
    case 'azure':
      return shown(azure ?? {});
    case 'aws':
      return shown(aws ?? {});
    case 'vault':
      return vault?.policy.trimEnd() ?? '';
    case undefined:
      break;
  }
  const parts = [
    ...(azure === undefined ? [] : [`Azure: az role definition create --role-definition FILE\n${shown(azure)}`]),
    ...(aws === undefined
      ? []
      : [`AWS: aws iam create-policy --policy-name NAME --policy-document file://FILE\n${shown(aws)}`]),
    ...(vault === undefined ? [] : [`Vault: vault policy write NAME FILE\n${vault.policy.trimEnd()}`]),
  ];
  return parts.length === 0 ? 'This manifest needs nothing of Azure, AWS or Vault.' : parts.join('\n\n');
};

const shown = (document: object): string => JSON.stringify(document, null, 2);
