import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { LabError } from '../../../errors.ts';
import type { VaultClient } from '../client.ts';
import { trimSlashes } from '../path.ts';
import { may, mayHelp } from '../rights.ts';
import { groupAnswer } from './group.ts';

const schema = z.strictObject({
  mount: z
    .string()
    .transform(trimSlashes)
    .pipe(z.string().min(1))
    .describe('Path of the auth method that knows the group.'),
  name: z.string().min(1).describe('What the group is called there: an entry of the groups claim.'),
});

// Groups as the list by their ids tells of them; only an external one has an alias.
const groupList = z.object({
  key_info: z.record(z.string(), z.object({ name: z.string(), alias: z.object({ id: z.string() }).optional() })),
});

const groupOf = (client: VaultClient, name: string) => client.read(['identity', 'group', 'name', name], groupAnswer);

/** What an external group is called by an auth method. A group has one at most, so it goes by the group's name. */
export const identityGroupAlias = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.identity-group-alias',
  parts: [['GROUP']],
  schema,
  fields: { mount: { grant: true }, name: { grant: true } },
  ownership: 'whole',
  mark: 'parent',
  writes: 'replace',
  precondition: 're-read',
  identify: ([group = '']) => [group.toLowerCase()],
  parent: ([group = '']) => address('vault.identity-group', group),
  after: (_id, { mount }) => (mount === undefined ? [] : [address('vault.auth-method', mount)]),
  gates: () => ['vault.active'],
  rights: ([group = '']) => ({
    plan: [
      ...may(`identity/group/name/${group}`, 'read'),
      ...may('sys/auth', 'read'),
      ...mayHelp('identity/group/id', 'list'),
    ],
    apply: [...may('identity/group-alias', 'update'), ...may('identity/group-alias/id/+', 'delete')],
  }),
  inventory: async (client) => {
    const { key_info: groups = {} } = (await client.list(['identity', 'group', 'id'], groupList)) ?? {};
    return Object.values(groups).flatMap(({ name, alias }) =>
      alias === undefined ? [] : [{ id: [name.toLowerCase()] }],
    );
  },
  read: async (client, [group = '']) => {
    const alias = (await groupOf(client, group))?.alias;
    if (alias?.id === undefined) return { exists: 'no' };
    const methods = await client.authMethods();
    // Of an auth method that was made anew nothing is left but the accessor in the alias.
    const [mount = ''] = [...methods].find(([, { accessor }]) => accessor === alias.mount_accessor) ?? [];
    return { exists: 'yes', spec: { mount, name: alias.name ?? '' }, outputs: {} };
  },
  write: async (client, { id: [group = ''], spec }) => {
    const owner = await groupOf(client, group);
    const method = (await client.authMethods()).get(spec.mount);
    if (owner === undefined || method === undefined) {
      const missing = owner === undefined ? `group ${group}` : `auth method at ${spec.mount}`;
      throw new LabError('REJECTED', `Vault has no ${missing}, which the alias "${spec.name}" is for`, {
        next: 'Make it in the same manifest, or take the alias out.',
      });
    }
    await client.write('POST', ['identity', 'group-alias'], {
      name: spec.name,
      mount_accessor: method.accessor,
      canonical_id: owner.id,
      ...(owner.alias?.id === undefined ? {} : { id: owner.alias.id }),
    });
  },
  remove: async (client, [group = '']) => {
    const id = (await groupOf(client, group))?.alias?.id;
    if (id !== undefined) await client.remove(['identity', 'group-alias', 'id', id]);
  },
});
