import { address } from '../engine/address.ts';
import { referencesIn } from '../engine/node.ts';
import type { Resource } from '../engine/resource.ts';
import type { ExistingInAzure } from '../sandbox/azure/existing.ts';

/** What the manifest expects to find in the subscription: in the sandbox somebody has made it there before. */
export const existingInAzure = (resources: readonly Resource[]): ExistingInAzure => {
  const expected = (kind: string) =>
    resources.filter((resource) => resource.ownership === 'expected' && resource.kind === kind);
  return {
    groups: expected('azure.resource-group').map(({ parts: [name = ''] }) => name),
    vaults: expected('azure.key-vault').map(({ parts: [name = ''], spec }) => ({
      group: typeof spec['resourceGroup'] === 'string' ? spec['resourceGroup'] : '',
      name,
    })),
    identities: expected('azure.managed-identity').map(({ parts: [group = '', name = ''] }) => ({
      group,
      name,
      subjects: subjectsOf(resources, address('azure.managed-identity', group, name)),
    })),
  };
};

/** The service accounts that name an identity: whoever made it trusts them. */
const subjectsOf = (resources: readonly Resource[], identity: string): string[] =>
  resources
    .filter(({ kind, spec }) => kind === 'kubernetes.service-account' && refersTo(spec, identity))
    .map(({ parts: [namespace = '', name = ''] }) => `system:serviceaccount:${namespace}:${name}`);

const refersTo = (spec: Resource['spec'], target: string): boolean =>
  referencesIn(spec).some((reference) => reference.address === target);
