import type { FederatedIdentityCredential, Identity as SdkIdentity } from '@azure/arm-msi';
import type { Arm } from './arm.ts';
import { isGone } from './refusal.ts';

/** A user-assigned managed identity. */
export interface ManagedIdentity {
  readonly id: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly clientId: string;
  readonly principalId: string;
  readonly tenantId: string;
}

/** Whose tokens an identity takes. */
export interface Credential {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** Where an identity is. */
export type IdentityName = readonly [group: string, name: string];

const absent = { value: undefined };
const pathOf = ([group, name]: IdentityName): string =>
  `/resourceGroups/${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
const credentialPath = (owner: IdentityName, name: string): string =>
  `${pathOf(owner)}/federatedIdentityCredentials/${name}`;

/** Undefined if it is not there. */
export const readIdentity = (arm: Arm, at: IdentityName): Promise<ManagedIdentity | undefined> =>
  arm.identities<ManagedIdentity | undefined>(
    { method: 'GET', path: pathOf(at) },
    async (sdk) => identityIn(await sdk.userAssignedIdentities.get(...at)),
    (failure) => (isGone(failure) ? absent : undefined),
  );

/** Makes it. */
export const createIdentity = (
  arm: Arm,
  at: IdentityName,
  body: { location: string; tags: Record<string, string> },
): Promise<void> =>
  arm.identities({ method: 'PUT', path: pathOf(at) }, async (sdk) => {
    await sdk.userAssignedIdentities.createOrUpdate(...at, body);
  });

/** Sets all its tags. */
export const tagIdentity = (arm: Arm, at: IdentityName, tags: Record<string, string>): Promise<void> =>
  arm.identities({ method: 'PATCH', path: pathOf(at) }, async (sdk) => {
    await sdk.userAssignedIdentities.update(...at, { tags });
  });

/** Deletes it with its credentials; absent already is success. */
export const removeIdentity = (arm: Arm, at: IdentityName): Promise<void> =>
  arm.identities<void>(
    { method: 'DELETE', path: pathOf(at) },
    (sdk) => sdk.userAssignedIdentities.delete(...at),
    (failure) => (isGone(failure) ? absent : undefined),
  );

/** Undefined if it, or its identity, is not there. */
export const readCredential = (arm: Arm, owner: IdentityName, name: string): Promise<Credential | undefined> =>
  arm.identities<Credential | undefined>(
    { method: 'GET', path: credentialPath(owner, name) },
    async (sdk) => credentialIn(await sdk.federatedIdentityCredentials.get(...owner, name)),
    (failure) => (isGone(failure) ? absent : undefined),
  );

/** All of an identity; [] if it is not there. */
export const listCredentials = (arm: Arm, owner: IdentityName): Promise<readonly Credential[]> =>
  arm.identities<readonly Credential[]>(
    { method: 'GET', path: `${pathOf(owner)}/federatedIdentityCredentials` },
    async (sdk) => {
      const found: Credential[] = [];
      for await (const one of sdk.federatedIdentityCredentials.list(...owner)) found.push(credentialIn(one));
      return found;
    },
    (failure) => (isGone(failure) ? { value: [] } : undefined),
  );

/** Makes it what is desired. One at a time for each identity. */
export const writeCredential = (
  arm: Arm,
  owner: IdentityName,
  name: string,
  { issuer, subject, audiences }: Credential,
): Promise<void> =>
  arm.identities({ method: 'PUT', path: credentialPath(owner, name) }, async (sdk) => {
    const body = { issuer, subject, audiences: [...audiences] };
    await sdk.federatedIdentityCredentials.createOrUpdate(...owner, name, body);
  });

/** Absent already is success. */
export const removeCredential = (arm: Arm, owner: IdentityName, name: string): Promise<void> =>
  arm.identities<void>(
    { method: 'DELETE', path: credentialPath(owner, name) },
    (sdk) => sdk.federatedIdentityCredentials.delete(...owner, name),
    (failure) => (isGone(failure) ? absent : undefined),
  );

const identityIn = ({ id, location, tags, clientId, principalId, tenantId }: SdkIdentity): ManagedIdentity => ({
  id: id ?? '',
  location: location.toLowerCase().replaceAll(' ', ''),
  tags: tags ?? {},
  clientId: clientId ?? '',
  principalId: principalId ?? '',
  tenantId: tenantId ?? '',
});

const credentialIn = ({ issuer, subject, audiences }: FederatedIdentityCredential): Credential => ({
  issuer: issuer ?? '',
  subject: subject ?? '',
  audiences: audiences ?? [],
});
