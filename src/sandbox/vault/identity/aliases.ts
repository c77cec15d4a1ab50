import type { Content, MountEntry } from '../content.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { absent, type Data, done, found, type Result, refused } from '../result.ts';
import type { GroupAlias } from './content.ts';
import { groupWithAlias } from './store.ts';

const aliasFields = { id: 'string', name: 'string', mount_accessor: 'string', canonical_id: 'string' } as const;

const mountOf = ({ auth, mounts }: Content, accessor: string): readonly [string, MountEntry] | undefined =>
  [...Object.entries(auth), ...Object.entries(mounts)].find(([, entry]) => entry.accessor === accessor);

const write = (call: Call, given: Values<typeof aliasFields>): Result => {
  const { content } = call.vault;
  const { id, name = '', mount_accessor: accessor = '', canonical_id: groupId = '' } = given;
  if (name === '') return refused(400, 'missing alias name');
  if (accessor === '') return refused(400, 'missing mount_accessor');
  if (mountOf(content, accessor) === undefined) return refused(400, `invalid mount accessor "${accessor}"`);
  const group = content.groups[groupId];
  if (group === undefined) return refused(400, "invalid group ID given in 'canonical_id'");
  if (group.type !== 'external') return refused(400, "alias can't be set on an internal group");
  const was = id === undefined ? undefined : groupWithAlias(content, id)?.alias;
  const now = new Date().toISOString();
  group.alias = {
    id: was?.id ?? crypto.randomUUID(),
    name,
    accessor,
    createdAt: was?.createdAt ?? now,
    updatedAt: now,
  };
  group.modifyIndex += 1;
  call.vault.changed();
  return found({ canonical_id: group.id, id: group.alias.id });
};

/** An alias as the group that has it shows it. */
export const describeAlias = (content: Content, alias: GroupAlias, groupId: string): Data => {
  const [path = '', entry] = mountOf(content, alias.accessor) ?? [];
  return {
    canonical_id: groupId,
    creation_time: alias.createdAt,
    id: alias.id,
    last_update_time: alias.updatedAt,
    merged_from_canonical_ids: null,
    metadata: null,
    mount_accessor: alias.accessor,
    mount_path: `auth/${path}`,
    mount_type: entry?.type ?? '',
    name: alias.name,
  };
};

const read = (call: Call): Result => {
  const { content } = call.vault;
  const group = groupWithAlias(content, call.params[0] ?? '');
  if (group?.alias === undefined) return absent;
  const alias = describeAlias(content, group.alias, group.id);
  return found({ ...alias, custom_metadata: null, local: false, namespace_id: 'root' });
};

const remove = (call: Call): Result => {
  const group = groupWithAlias(call.vault.content, call.params[0] ?? '');
  if (group !== undefined) {
    delete group.alias;
    group.modifyIndex += 1;
  }
  call.vault.changed();
  return done;
};

/** `identity/group-alias`. */
export const aliasEndpoints: readonly Endpoint[] = [
  endpoint({ pattern: /^group-alias$/, fields: aliasFields, on: { update: write } }),
  endpoint({ pattern: /^group-alias\/id\/([^/]+)$/, fields: {}, on: { read, delete: remove } }),
];
