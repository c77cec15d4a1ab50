import { createHash } from 'node:crypto';
import { z } from 'zod';
import { LabError } from '../../../errors.ts';
import { type Arm, answered } from './arm.ts';
import { isGone, saysCode } from './refusal.ts';

const version = '2022-04-01';
const provider = '/providers/Microsoft.Authorization';

const assignmentShape = z.object({
  id: z.string(),
  name: z.string(),
  properties: z.object({
    roleDefinitionId: z.string(),
    principalId: z.string(),
    principalType: z.string().optional(),
    scope: z.string(),
    description: z.string().nullish(),
  }),
});
const assignmentList = z.object({ value: z.array(assignmentShape) });
const definitionList = z.object({
  value: z.array(z.object({ id: z.string(), name: z.string(), properties: z.object({ roleName: z.string() }) })),
});

/** A role that somebody has at exactly one scope. */
export interface Assignment {
  /** A GUID. */
  readonly name: string;
  readonly principalId: string;
  readonly description: string;
}

/** Where, and which role. */
export interface Place {
  /** Below the subscription: `/resourceGroups/lab/providers/Microsoft.KeyVault/vaults/kv`. */
  readonly scope: string;
  /** `Key Vault Secrets User` */
  readonly role: string;
}

/** Those that have this role at exactly this scope; what they have from further up is not among them. */
export const assignmentsAt = async (arm: Arm, { scope, role }: Place): Promise<readonly Assignment[]> => {
  const [definition, all] = await Promise.all([
    definitionOf(arm, role),
    arm.rest<readonly z.output<typeof assignmentShape>[]>(
      { method: 'GET', path: `${scope}${provider}/roleAssignments`, version, query: { $filter: 'atScope()' } },
      answered(assignmentList).transform(({ body }) => body.value),
      (failure) => (isGone(failure) ? { value: [] } : undefined),
    ),
  ]);
  const whole = `/subscriptions/${arm.subscription}${scope}`.toLowerCase();
  return all
    .filter(({ properties }) => properties.scope.toLowerCase() === whole)
    .filter(({ properties }) => guidOf(properties.roleDefinitionId) === guidOf(definition))
    .map(({ name, properties: { principalId, description } }) => ({
      name,
      principalId,
      description: description ?? '',
    }));
};

/** To whom a role is given. */
export interface Receiver {
  readonly principalId: string;
  readonly principalType: string;
  readonly description: string;
}

/**
 * Gives somebody the role, or changes what is said of it. The same triple is always the same assignment, so it can be sent
 * again. A new identity is not known to every server of the directory for up to minutes: `unknown` is told of each try.
 */
export const assign = async (
  arm: Arm,
  place: Place,
  receiver: Receiver,
  { name, unknown }: { readonly name?: string | undefined; readonly unknown?: () => void } = {},
): Promise<void> => {
  const roleDefinitionId = await definitionOf(arm, place.role);
  const whole = `/subscriptions/${arm.subscription}${place.scope}`.toLowerCase();
  const guid = name ?? guidFrom([whole, receiver.principalId, guidOf(roleDefinitionId)].join(' '));
  await arm.rest<unknown>(
    {
      method: 'PUT',
      path: `${place.scope}${provider}/roleAssignments/${guid}`,
      version,
      body: { properties: { roleDefinitionId, ...receiver } },
      passes: (failure) => {
        const isUnknown = saysCode(failure, 'PrincipalNotFound');
        if (isUnknown) unknown?.();
        return isUnknown;
      },
      pauses: arm.slow,
    },
    answered(z.unknown()),
    // The triple is there under another GUID: somebody was faster, and what is wanted holds.
    (failure) => (saysCode(failure, 'RoleAssignmentExists') ? { value: undefined } : undefined),
  );
};

/** Takes it away; absent already is success. */
export const unassign = async (arm: Arm, { scope }: Place, name: string): Promise<void> => {
  await arm.rest<unknown>(
    { method: 'DELETE', path: `${scope}${provider}/roleAssignments/${name}`, version },
    answered(z.unknown()),
    (failure) => (isGone(failure) ? { value: undefined } : undefined),
  );
};

const known = new WeakMap<Arm, Map<string, Promise<string>>>();

/** The id of a role by its name, asked once. Throws REJECTED if there is none. */
const definitionOf = (arm: Arm, role: string): Promise<string> => {
  const asked = known.get(arm) ?? new Map<string, Promise<string>>();
  known.set(arm, asked);
  const answer = asked.get(role) ?? askDefinition(arm, role);
  asked.set(role, answer);
  answer.catch(() => asked.delete(role));
  return answer;
};

const askDefinition = async (arm: Arm, role: string): Promise<string> => {
  const query = { $filter: `roleName eq '${role.replaceAll("'", "''")}'` };
  const path = `${provider}/roleDefinitions`;
  const { body } = await arm.rest({ method: 'GET', path, version, query }, answered(definitionList));
  const [found] = body.value;
  if (found !== undefined) return found.id;
  throw new LabError('REJECTED', `there is no role "${role}" in the subscription`, {
    next: 'az role definition list --query "[].roleName" has them all.',
  });
};

const guidOf = (id: string): string => (id.split('/').at(-1) ?? '').toLowerCase();

// The namespace of lab's own names (RFC 9562, UUID version 5).
const namespace = Buffer.from('8f0f5a0e6c1b5f6b9d3c2a7e4b1d0c9a', 'hex');

const guidFrom = (text: string): string => {
  const hash = createHash('sha1').update(namespace).update(text).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};
