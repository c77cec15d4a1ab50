import { createHash } from 'node:crypto';

/** What somebody gave an application to do with the secrets of a vault; the names of Azure's built-in roles begin with "Key Vault". */
export type Role = 'none' | 'Reader' | 'Secrets User' | 'Secrets Officer';

/** Exactly these actions, everywhere; no wildcards. */
export interface CustomRole {
  readonly actions: readonly string[];
  readonly dataActions: readonly string[];
}

/** An application that can log in. */
export interface Principal {
  readonly clientId: string;
  readonly clientSecret: string;
  /** In the vaults that were there from the start; one that is not named: Secrets Officer. */
  readonly roles?: Readonly<Record<string, Role>>;
  /** In the subscription. Default: Owner. */
  readonly subscriptionRole?: 'Owner' | 'Reader' | 'none' | CustomRole;
}

/** Who a token is for. A managed identity may only what role assignments give it. */
export type Bearer =
  | { readonly is: 'application'; readonly objectId: string; readonly application: Principal }
  | { readonly is: 'managed-identity'; readonly objectId: string; readonly clientId: string };

/** The id that a directory gives an application of its own, which is another than the client id. */
export const objectIdOf = ({ clientId }: Principal): string => guidOf(`object ${clientId}`);

/** The bearer that an application is. */
export const bearerOf = (application: Principal): Bearer => ({
  is: 'application',
  objectId: objectIdOf(application),
  application,
});

/** Its client id. */
export const clientIdOf = (bearer: Bearer): string =>
  bearer.is === 'application' ? bearer.application.clientId : bearer.clientId;

/** A GUID that is the same for the same text. */
export const guidOf = (text: string): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');

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

/** Whether a role lets its holder do this. */
export const roleAllows = (role: Role, action: Action): boolean => {
  switch (role) {
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
