import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { isList } from '../../../engine/value.ts';
import type { AzureClient } from '../client.ts';
import { allOf, groupScope } from '../rights.ts';
import { askedAudience, proveTrust } from './identity-chain.ts';
import { type IdentityName, readCredential, removeCredential, writeCredential } from './managed-identities.ts';

const schema = z.strictObject({
  issuer: z
    .string()
    .startsWith('https://', 'must begin with https://')
    .describe("The `iss` of the cluster's tokens, to the last slash."),
  subject: z.string().min(1).describe('system:serviceaccount:NAMESPACE:NAME; upper and lower case count.'),
  audiences: z.array(z.string().min(1)).length(1, 'must hold exactly one audience'),
});

const owner = ([group = '', name = '']: readonly string[]): IdentityName => [group, name];

/** azure.federated-credential/GROUP/IDENTITY/NAME: whose tokens a managed identity takes. Written one at a time for each identity. */
export const federatedCredential = defineKind<typeof schema.shape, AzureClient>({
  kind: 'azure.federated-credential',
  parts: [['GROUP', 'IDENTITY', 'NAME']],
  schema,
  fields: {
    issuer: { reference: true, grant: true },
    subject: { grant: true },
    audiences: { grant: true, exact: true },
  },
  ownership: 'whole',
  mark: 'parent',
  writes: 'replace',
  precondition: 're-read',
  identify: (parts) => parts.map((part) => part.toLowerCase()),
  parent: ([group = '', identity = '']) => address('azure.managed-identity', group, identity),
  exclusive: ([group, identity]) => `azure.managed-identity/${group}/${identity}`,
  link: ([group = '', identity = ''], { issuer, subject, audiences }) => ({
    is: 'trust',
    taker: { address: address('azure.managed-identity', group, identity), output: 'clientId' },
    // Azure makes client ids up.
    isTaker: () => false,
    ...(issuer === undefined ? {} : { issuer }),
    ...(typeof subject === 'string' ? { subjects: [subject] } : {}),
    ...(isList(audiences) && audiences[0] !== undefined ? { audience: audiences[0] } : {}),
    asked: () => askedAudience,
  }),
  rights: ([group = '']) =>
    allOf(groupScope(group), 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials'),
  read: async ({ arm }, id) => {
    const found = await readCredential(arm(), owner(id), id[2] ?? '');
    if (found === undefined) return { exists: 'no' };
    return { exists: 'yes', spec: { ...found, audiences: [...found.audiences] }, outputs: {} };
  },
  verify: (client, id, spec) => proveTrust(client, owner(id), spec),
  write: ({ arm }, { id, spec }) => writeCredential(arm(), owner(id), id[2] ?? '', spec),
  remove: ({ arm }, id) => removeCredential(arm(), owner(id), id[2] ?? ''),
});
