import { z } from 'zod';
import { credentialKey } from '../assertion.ts';
import { type ArmCall, withBody } from './call.ts';
import { dropEntry, entryOf, type StoredCredential, type StoredIdentity } from './content.ts';
import { identityId, identityIn, identityType } from './identities.ts';
import { badRequest, notFound, parentNotFound } from './refusal.ts';
import type { ArmResult } from './result.ts';

const shape = z.object({
  properties: z.object({
    issuer: z.string().min(1),
    subject: z.string().min(1),
    audiences: z.array(z.string()).length(1, 'must have exactly one entry'),
  }),
});

const most = 20;

const credentialsType = 'federatedIdentityCredentials';

const body = ({ subscription }: ArmCall, identity: StoredIdentity, credential: StoredCredential) => {
  const { name, ...properties } = credential;
  return {
    id: `${identityId(subscription, identity)}/${credentialsType}/${name}`,
    name,
    type: `${identityType}/${credentialsType}`,
    properties,
  };
};

/** Runs where the identity is there. */
const ofIdentity = (call: ArmCall, run: (identity: StoredIdentity, name: string) => ArmResult): ArmResult => {
  const [group = '', owner = '', name = ''] = call.params;
  const identity = identityIn(call, group, owner);
  return identity === undefined ? parentNotFound(identityType, owner) : run(identity, name);
};

export const getCredential = (call: ArmCall): ArmResult =>
  ofIdentity(call, (identity, name) => {
    const credential = entryOf(identity.credentials, name);
    if (credential === undefined) return notFound(`The federated identity credential '${name}' could not be found.`);
    return { status: 200, json: body(call, identity, credential) };
  });

export const listCredentials = (call: ArmCall): ArmResult =>
  ofIdentity(call, (identity) => {
    const value = Object.values(identity.credentials).map((credential) => body(call, identity, credential));
    return { status: 200, json: { value } };
  });

export const putCredential = (call: ArmCall): ArmResult =>
  ofIdentity(call, (identity, name) =>
    withBody(call, shape, ({ properties }) => {
      const before = entryOf(identity.credentials, name);
      const others = Object.values(identity.credentials).filter((one) => one !== before);
      if (others.length >= most) {
        return badRequest('TooManyFederatedIdentityCredentials', `There are ${most} federated credentials already.`);
      }
      const { issuer, subject } = properties;
      if (others.some((one) => one.issuer === issuer && one.subject === subject)) {
        return badRequest('BadRequest', 'Issuer and subject combination already exists for this Managed Identity.');
      }
      const credential = { name: before?.name ?? name, ...properties };
      identity.credentials[name.toLowerCase()] = credential;
      call.quirks.made('credential', credentialKey(identity, credential.name));
      call.changed();
      return { status: before === undefined ? 201 : 200, json: body(call, identity, credential) };
    }),
  );

export const deleteCredential = (call: ArmCall): ArmResult =>
  ofIdentity(call, (identity, name) => {
    if (entryOf(identity.credentials, name) === undefined) return { status: 204 };
    dropEntry(identity.credentials, name);
    call.changed();
    return { status: 200 };
  });
