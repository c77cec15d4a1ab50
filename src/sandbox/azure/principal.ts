/** What a principal may do with the secrets of a vault; the names of Azure's built-in roles begin with "Key Vault". */
export type Role = 'none' | 'Reader' | 'Secrets User' | 'Secrets Officer';

/** An application that can log in. */
export interface Principal {
  readonly clientId: string;
  readonly clientSecret: string;
  /** By vault name; a vault that is not named: Secrets Officer. */
  readonly roles?: Readonly<Record<string, Role>>;
}

/** Data actions of Azure below `Microsoft.KeyVault/vaults/secrets/`. */
export type Action =
  | 'readMetadata/action'
  | 'getSecret/action'
  | 'setSecret/action'
  | 'update/action'
  | 'delete'
  | 'recover/action'
  | 'purge/action';

const reading: readonly Action[] = ['readMetadata/action', 'getSecret/action'];

/** Whether a principal may do this in a vault. */
export const mayDo = ({ roles = {} }: Principal, vault: string, action: Action): boolean => {
  switch (roles[vault] ?? 'Secrets Officer') {
    case 'none':
      return false;
    case 'Reader':
      return action === 'readMetadata/action';
    case 'Secrets User':
      return reading.includes(action);
    case 'Secrets Officer':
      return true;
  }
};
