import { address } from '../../engine/address.ts';
import type { AzureAuth, AzureStore } from '../schema/store-azure.ts';
import { type Draft, draft } from './draft.ts';

/** A managed identity that a store's auth names. */
export interface NamedIdentity {
  /** Lower-case, as in addresses. */
  readonly group: string;
  readonly name: string;
  /** Absent where lab makes it. */
  readonly subscription?: string;
}

/** The resource group of a store; undefined where the manifest names none. */
export const groupOf = ({ resourceGroup: given }: AzureStore): string | undefined =>
  typeof given === 'string' ? given : given?.existing;

/** What the id of an identity that is there already says. The schema has checked its form. */
export const existingIdentity = (id: string): NamedIdentity => {
  const [, , subscription = '', , group = '', , , , name = ''] = id.toLowerCase().split('/');
  return { group, name, subscription };
};

/** Who External Secrets is for this store, if it is a managed identity that the manifest names. */
export const identityOf = (store: AzureStore, auth: AzureAuth): NamedIdentity | undefined => {
  switch (auth.type) {
    case 'service-principal':
      return undefined;
    case 'managed-identity':
      return auth.identity && existingIdentity(auth.identity.existing);
    case 'workload-identity': {
      const { identity } = auth;
      if ('existing' in identity) return existingIdentity(identity.existing);
      const group = groupOf(store);
      return group === undefined ? undefined : { group, name: identity.create };
    }
  }
};

/** `${azure.managed-identity/GROUP/NAME#clientId}` */
export const outputOf = ({ group, name }: NamedIdentity, output: 'clientId' | 'principalId' | 'tenantId'): string =>
  `\${${address('azure.managed-identity', group, name)}#${output}}`;

/** It: made by lab, or expected to be there. */
export const identityDraft = (path: Draft['path'], { group, name, subscription }: NamedIdentity): Draft =>
  draft(path, 'azure.managed-identity', [group, name], {
    spec: {},
    ownership: subscription === undefined ? 'owned' : 'expected',
  });
