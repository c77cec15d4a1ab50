import type { Content } from '../content.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { absent, type Data, done, found, namesOf, type Result, refused } from '../result.ts';
import { describeAlias } from './aliases.ts';
import type { Group, GroupAlias } from './content.ts';
import { groupNamed } from './store.ts';

const groupFields = {
  id: 'string',
  type: 'string',
  name: 'string',
  metadata: 'pairs',
  policies: 'commaList',
  member_group_ids: 'commaList',
  member_entity_ids: 'commaList',
} as const;

const write = (call: Call, given: Values<typeof groupFields>): Result => {
  const name = call.params[0] ?? '';
  const was = groupNamed(call.vault.content, name);
  const type = given.type ?? was?.type ?? 'internal';
  if (type !== 'internal' && type !== 'external') return refused(400, `invalid group type "${type}"`);
  if (was !== undefined && was.type !== type) return refused(400, 'group type cannot be changed');
  const policies = [...new Set(given.policies ?? was?.policies)];
  if (policies.includes('root')) return refused(400, 'policies cannot contain root');
  const members = given.member_entity_ids ?? given.member_group_ids ?? [];
  if (type === 'external' && members.length > 0) {
    return refused(400, "member entities can't be set manually for external groups");
  }
  const now = new Date().toISOString();
  const group: Group = {
    id: was?.id ?? crypto.randomUUID(),
    name,
    type,
    policies,
    metadata: given.metadata ?? was?.metadata ?? null,
    memberGroupIds: given.member_group_ids ?? was?.memberGroupIds ?? [],
    memberEntityIds: given.member_entity_ids ?? was?.memberEntityIds ?? [],
    ...(was?.alias === undefined ? {} : { alias: was.alias }),
    createdAt: was?.createdAt ?? now,
    updatedAt: now,
    modifyIndex: (was?.modifyIndex ?? 0) + 1,
  };
  call.vault.content.groups[group.id] = group;
  call.vault.changed();
  return was === undefined ? found({ id: group.id, name: group.name }) : done;
};

const describe = (content: Content, group: Group): Data => ({
  alias: group.alias === undefined ? {} : describeAlias(content, group.alias, group.id),
  creation_time: group.createdAt,
  id: group.id,
  last_update_time: group.updatedAt,
  member_entity_ids: listed(group.memberEntityIds),
  member_group_ids: listed(group.memberGroupIds),
  metadata: group.metadata,
  modify_index: group.modifyIndex,
  name: group.name,
  namespace_id: 'root',
  parent_group_ids: null,
  policies: group.policies,
  type: group.type,
});

const listed = (ids: readonly string[]): readonly string[] | null => (ids.length === 0 ? null : ids);

const read = (call: Call): Result => {
  const group = groupNamed(call.vault.content, call.params[0] ?? '');
  return group === undefined ? absent : found(describe(call.vault.content, group));
};

const list = ({ vault }: Call): Result => namesOf(Object.values(vault.content.groups).map(({ name }) => name));

const listById = ({ vault: { content } }: Call): Result => {
  const groups = Object.values(content.groups);
  if (groups.length === 0) return absent;
  const info = groups.map(({ id, name, alias, memberEntityIds }) => [
    id,
    {
      ...(alias === undefined ? {} : { alias: aliasInList(content, alias, id) }),
      name,
      num_member_entities: memberEntityIds.length,
      num_parent_groups: groups.filter(({ memberGroupIds }) => memberGroupIds.includes(id)).length,
    },
  ]);
  return found({ key_info: Object.fromEntries(info), keys: groups.map(({ id }) => id) });
};

const aliasInList = (content: Content, alias: GroupAlias, groupId: string): Data => {
  const { id, mount_accessor, mount_path, mount_type, name } = describeAlias(content, alias, groupId);
  return { id, mount_accessor, mount_path, mount_type, name };
};

const remove = (call: Call): Result => {
  const group = groupNamed(call.vault.content, call.params[0] ?? '');
  if (group !== undefined) delete call.vault.content.groups[group.id];
  call.vault.changed();
  return done;
};

const create = (call: Call, given: Values<typeof groupFields>): Result =>
  write({ ...call, params: [given.name ?? ''] }, given);

/** `identity/group` and `identity/group/name/NAME`. */
export const groupEndpoints: readonly Endpoint[] = [
  endpoint({ pattern: /^group$/, fields: groupFields, on: { update: create } }),
  endpoint({ pattern: /^group\/name\/?$/, fields: {}, on: { list } }),
  endpoint({ pattern: /^group\/id\/?$/, fields: {}, on: { list: listById } }),
  endpoint({
    pattern: /^group\/name\/(.+)$/,
    fields: groupFields,
    on: { read, update: write, delete: remove },
  }),
];
