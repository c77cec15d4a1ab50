import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import type { Live } from '../../../engine/resource.ts';
import { lowerCased } from '../auth/token-settings.ts';
import type { VaultClient } from '../client.ts';
import { names } from '../listed.ts';
import { recognising } from '../recognising.ts';
import { may, mayHelp } from '../rights.ts';

// Where the ownership mark goes: the only place of a group that is free.
const markKey = 'lab';

const schema = z.strictObject({
  type: z.enum(['internal', 'external']).describe('external: whoever logs in with the alias is a member.'),
  policies: z
    .array(z.string().min(1))
    .transform(lowerCased)
    .describe("Policies that its members get beside their login's."),
  metadata: z.record(z.string(), z.string()).optional().describe('For templated policies and for people.'),
});

const metadataOf = (live: Live): Readonly<Record<string, string>> =>
  live.exists === 'yes' ? z.record(z.string(), z.string()).parse(live.spec['metadata']) : {};

/** What lab reads of a group. */
export const groupAnswer = z.object({
  id: z.string(),
  type: z.string(),
  policies: z.array(z.string()).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  alias: z.object({ id: z.string(), name: z.string(), mount_accessor: z.string() }).partial().nullish(),
});

/** A group of identities. */
export const identityGroup = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.identity-group',
  parts: [['NAME']],
  schema,
  fields: {
    type: { immutable: true },
    policies: { grant: true, exact: true },
    metadata: { exact: true },
  },
  outputs: { id: {} },
  ownership: 'whole',
  mark: 'own',
  writes: 'merge',
  precondition: 're-read',
  // Vault keeps the name as it was written and finds it in any case.
  identify: ([name = '']) => [name.toLowerCase()],
  after: (_id, { policies = [] }) => policies.map((name) => address('vault.policy', name)),
  gates: () => ['vault.active'],
  rights: ([name = '']) => {
    const path = `identity/group/name/${name}`;
    const plan = [
      ...may(path, 'read'),
      ...mayHelp('identity/group/name', 'list'),
      ...mayHelp('identity/group/name/+', 'read'),
    ];
    return { plan, apply: may(path, 'update', 'delete') };
  },
  // The list shows no marks: those that nobody knows are read for theirs.
  inventory: async (client, known) => {
    const { keys = [] } = (await client.list(['identity', 'group', 'name'], names)) ?? {};
    const strange = keys.map((name) => name.toLowerCase()).filter((name) => !known.some(([own]) => own === name));
    return Promise.all(
      strange.map(async (name) => {
        const mark = (await client.read(['identity', 'group', 'name', name], groupAnswer))?.metadata?.[markKey];
        return { id: [name], ...(mark === undefined ? {} : { mark }) };
      }),
    );
  },
  check: ({ metadata = {} }) =>
    markKey in metadata ? `metadata: the key ${markKey} is where lab puts its ownership mark` : undefined,
  read: async (client, [name = '']) => {
    const live = await client.read(['identity', 'group', 'name', name], groupAnswer);
    if (live === undefined) return { exists: 'no' };
    const { [markKey]: mark, ...metadata } = live.metadata ?? {};
    return {
      exists: 'yes',
      spec: { type: live.type, policies: lowerCased(live.policies ?? []), metadata },
      outputs: { id: live.id },
      ...(mark === undefined ? {} : { mark }),
    };
  },
  recognises: recognising(([name = '']) => ['identity', 'group', 'name', name], {
    type: 'type',
    policies: 'policies',
    metadata: 'metadata',
  }),
  write: (client, { id: [name = ''], spec, live, mark }) => {
    const ours = mark ?? (live.exists === 'yes' ? live.mark : undefined);
    return client.write('POST', ['identity', 'group', 'name', name], {
      type: spec.type,
      policies: spec.policies,
      metadata: { ...(spec.metadata ?? metadataOf(live)), ...(ours === undefined ? {} : { [markKey]: ours }) },
    });
  },
  remove: (client, [name = '']) => client.remove(['identity', 'group', 'name', name]),
});
