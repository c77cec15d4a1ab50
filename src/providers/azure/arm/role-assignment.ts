import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { LabError } from '../../../errors.ts';
import type { AzureClient } from '../client.ts';
import { entered, entryGate } from '../entry.ts';
import { allOf, groupScope } from '../rights.ts';
import type { Arm } from './arm.ts';
import { proveRole } from './identity-chain.ts';
import { readIdentity } from './managed-identities.ts';
import { type Assignment, assign, assignmentsAt, type Place, unassign } from './role-assignments.ts';

const schema = z.strictObject({
  principalId: z
    .union([z.literal('self'), z.guid('must be the id of a principal, not its client id').toLowerCase()])
    .describe('Whom the role goes to; `self` is who lab is.'),
  principalType: z
    .enum(['ServicePrincipal', 'User', 'Group'])
    .optional()
    .describe('Default: ServicePrincipal, which managed identities are.'),
});

/** The parts of the address: where, for whom, which role. */
interface Meaning extends Place {
  readonly group: string;
  /** What the manifest calls the receiver. */
  readonly label: string;
  readonly vault?: string;
  readonly secret?: string;
}

const meaningOf = (id: readonly string[]): Meaning => {
  const [label = '', role = ''] = id.slice(-2);
  const [group = '', vault, secret] = id.slice(0, -2);
  const inGroup = `/resourceGroups/${group}`;
  if (vault === undefined) return { scope: inGroup, group, label, role };
  const ofVault = `${inGroup}/providers/Microsoft.KeyVault/vaults/${vault}`;
  if (secret === undefined) return { scope: ofVault, group, label, role, vault };
  return { scope: `${ofVault}/secrets/${secret}`, group, label, role, vault, secret };
};

/**
 * azure.role-assignment/GROUP[/VAULT[/SECRET]]/WHO/ROLE: somebody has a role on a resource group, a vault or one secret.
 * It has no tags: whose it is stands in its description. WHO is what people call `principalId`: a managed identity of the
 * group, `self`, or any other name.
 */
export const roleAssignment = defineKind<typeof schema.shape, AzureClient>({
  kind: 'azure.role-assignment',
  parts: [
    ['GROUP', 'WHO', 'ROLE'],
    ['GROUP', 'VAULT', 'WHO', 'ROLE'],
    ['GROUP', 'VAULT', 'SECRET', 'WHO', 'ROLE'],
  ],
  schema,
  // Not marked as a grant: who it is, the address says, also where the id is not known before the identity is made.
  fields: { principalId: { reference: true } },
  ownership: 'whole',
  mark: 'own',
  writes: 'replace',
  precondition: 're-read',
  identify: (parts) => [...parts.slice(0, -2).map((part) => part.toLowerCase()), ...parts.slice(-2)],
  parent: (id) => {
    const [group = '', vault] = id.slice(0, -2);
    return vault === undefined ? address('azure.resource-group', group) : address('azure.key-vault', vault);
  },
  opens: (id, { principalId }) => {
    const { vault, secret } = meaningOf(id);
    return principalId === 'self' && vault !== undefined && secret === undefined ? [entryGate(vault)] : [];
  },
  rights: (id) => {
    const { scope, group, label } = meaningOf(id);
    const { plan, apply } = allOf(scope, 'Microsoft.Authorization/roleAssignments');
    const roles = { action: 'Microsoft.Authorization/roleDefinitions/read', on: '' };
    const identity = { action: 'Microsoft.ManagedIdentity/userAssignedIdentities/read', on: groupScope(group) };
    return { plan: [...plan, roles, ...(label === 'self' ? [] : [identity])], apply };
  },
  read: async ({ arm }, id, { principalId }) => {
    const meaning = meaningOf(id);
    const all = await assignmentsAt(arm(), meaning);
    const wanted = await expected(arm(), meaning, principalId);
    // What an identity of this name had that was made again since is still the one that is meant, and is changed.
    const byName = all.find((one) => labelIn(one) === meaning.label);
    const found = all.find((one) => one.principalId === wanted) ?? (principalId === 'self' ? undefined : byName);
    if (found === undefined) return { exists: 'no' };
    const mark = markIn(found);
    return {
      exists: 'yes',
      spec: { principalId: principalId ?? found.principalId },
      outputs: {},
      ...(mark === undefined ? {} : { mark }),
    };
  },
  write: async ({ arm }, { id, spec, mark, takeOver, waiting }) => {
    const meaning = meaningOf(id);
    const all = await assignmentsAt(arm(), meaning);
    const receiver = await resolved(arm(), spec.principalId);
    const there = all.find(({ principalId }) => principalId === receiver.id);
    if (there !== undefined && labelIn(there) === undefined && takeOver !== true) {
      throw new LabError('CONFLICT', `somebody else has given ${meaning.label} this role already`, {
        next: 'Take the line out of the manifest, or take the assignment over with --adopt.',
      });
    }
    const description = mark === undefined ? (there?.description ?? '') : describe(meaning.label, mark);
    const principalType = spec.principalType ?? receiver.type;
    const unknown = () => waiting?.(`the directory does not know ${meaning.label} yet`);
    const given = { principalId: receiver.id, principalType, description };
    await assign(arm(), meaning, given, { name: there?.name, unknown });
    // An identity that was made again is somebody else: what the old one had is of no use to anybody.
    const isStale = (one: Assignment) => one !== there && labelIn(one) === meaning.label;
    const stale = spec.principalId === 'self' ? [] : all.filter(isStale);
    for (const { name } of stale) await unassign(arm(), meaning, name);
  },
  settled: async (client, id, { principalId }) => {
    const { vault, label } = meaningOf(id);
    return principalId === 'self' && vault !== undefined ? entered(client, vault, label) : { state: 'done' };
  },
  verify: (client, id) => proveRole(client, meaningOf(id)),
  remove: async ({ arm }, id) => {
    const meaning = meaningOf(id);
    const ours = (await assignmentsAt(arm(), meaning)).filter((one) => labelIn(one) === meaning.label);
    for (const { name } of ours) await unassign(arm(), meaning, name);
  },
  release: async ({ arm }, id) => {
    const meaning = meaningOf(id);
    for (const one of await assignmentsAt(arm(), meaning)) {
      if (labelIn(one) !== meaning.label) continue;
      const { name, principalId } = one;
      await assign(arm(), meaning, { principalId, principalType: 'ServicePrincipal', description: '' }, { name });
    }
  },
});

const resolved = async (arm: Arm, principalId: string) =>
  principalId === 'self' ? arm.self() : { id: principalId, type: 'ServicePrincipal' };

/** Whose assignment is meant, as far as that can be told: a reference to an identity is not filled in when it is read. */
const expected = async (
  arm: Arm,
  { group, label }: Meaning,
  principalId: string | undefined,
): Promise<string | undefined> => {
  if (principalId !== undefined) return (await resolved(arm, principalId)).id;
  return label === 'self' ? undefined : (await readIdentity(arm, [group, label]))?.principalId;
};

// The description of what lab makes: `lab for eso-aks, illm-k8s-lab/aks/1f0c…`.
const describe = (label: string, mark: string): string => `lab for ${label}, ${mark}`;
const described = ({ description }: Assignment) => /^lab for (.*), (\S+\/\S+\/\S+)$/.exec(description);
const labelIn = (one: Assignment): string | undefined => described(one)?.[1];
const markIn = (one: Assignment): string | undefined => described(one)?.[2];
