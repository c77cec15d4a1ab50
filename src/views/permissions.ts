import type { Document, Exit } from './document.ts';

/** What the clouds must allow, as documents that they take. */
export interface Permissions {
  readonly name: string;
  readonly environment: string;
  /** A custom role. */
  readonly azure?: object;
  /** A policy of IAM. */
  readonly aws?: object;
}

/** `lab permissions for-plan --json`, `lab permissions for-apply --json` */
export interface PermissionsDocument extends Document, Permissions {}

/** Both documents in one. */
export const permissionsJson = (permissions: Permissions, exit: Exit): PermissionsDocument => ({
  formatVersion: 1,
  exit,
  ...permissions,
});

/** One cloud's document alone, so that it can go to a file; or both, each with the command that takes it. */
export const permissionsText = ({ azure, aws }: Permissions, cloud: 'azure' | 'aws' | undefined): string => {
  if (cloud !== undefined) return shown((cloud === 'azure' ? azure : aws) ?? {});
  const parts = [
    ...(azure === undefined ? [] : [`Azure: az role definition create --role-definition FILE\n${shown(azure)}`]),
    ...(aws === undefined
      ? []
      : [`AWS: aws iam create-policy --policy-name NAME --policy-document file://FILE\n${shown(aws)}`]),
  ];
  return parts.length === 0 ? 'This manifest needs nothing of Azure or AWS.' : parts.join('\n\n');
};

const shown = (document: object): string => JSON.stringify(document, null, 2);
