import type { Json } from '../json.ts';
import { refuse } from '../refusal.ts';
import type { Schema } from '../schema/schema.ts';
import { compare } from './compare.ts';
import { common, type FieldSet, fieldIn, root, sameSet, spellPaths, union, without } from './field-set.ts';
import { fieldsOf } from './fields-of.ts';
import { type Manager, managerId, type Owners, type Ownership } from './managers.ts';
import { merged } from './merge.ts';
import { withNamedParents, withoutFields } from './remove.ts';

/** One write, as ownership sees it. Objects come without their managedFields. */
export interface Write {
  readonly schema: Schema;
  readonly live: Json;
  readonly owners: Owners;
  readonly by: Manager;
  /** RFC 3339, whole seconds. */
  readonly now: string;
}

/** The object after the write, and who owns what then. */
export interface Written {
  readonly object: Json;
  readonly owners: Owners;
}

// Nobody owns what identifies an object and what the server itself writes.
const metadata = fieldIn(root, 'metadata');
const ownerless: FieldSet = new Set([
  ...['apiVersion', 'kind', 'metadata'].map((name) => fieldIn(root, name)),
  ...['name', 'namespace', 'creationTimestamp', 'uid', 'generation', 'resourceVersion', 'managedFields'].map((name) =>
    fieldIn(metadata, name),
  ),
]);

/** After an update: what changed now belongs to whoever changed it, and to nobody else. */
export const trackUpdate = ({ schema, live, owners, by, now }: Write, object: Json): Written => {
  const { added, modified, removed } = compare(schema, live, object);
  const taken = without(union(added, modified), ownerless);
  const id = managerId(by);
  const left = mapOwners(owners, (ownership) => without(ownership.fields, union(taken, removed)));
  const own = union(owners.get(id)?.fields ?? new Set(), taken);
  const still = without(own, removed);
  if (taken.size === 0) return { object, owners: left };
  return { object, owners: new Map([...left, [id, { manager: by, fields: still, time: now }]]) };
};

/**
 * Server-side apply: what is stated becomes the manager's, what it no longer states and nobody else owns goes.
 * Refuses with 409 where it would change what others own, unless forced. `writes`: whether this endpoint writes a path.
 */
export const trackApply = (
  { schema, live, owners, by, now }: Write,
  applied: Json,
  { force, writes }: { readonly force: boolean; readonly writes: (path: string) => boolean },
): Written => {
  const id = managerId(by);
  const last = owners.get(id);
  const stated = fieldsOf(schema, applied);
  const fields = new Set([...without(stated, ownerless)].filter(writes));
  const others: Owners = new Map([...owners].filter(([other]) => other !== id));
  const owned = withNamedParents(schema, union(stated, ...[...others.values()].map((ownership) => ownership.fields)));
  const given = withNamedParents(schema, last?.fields ?? new Set());
  const object = withoutFields(schema, merged(schema, live, applied), without(given, owned));

  const { added, modified, removed } = compare(schema, live, object);
  const changed = without(union(added, modified), ownerless);
  const conflicts = [...others.values()]
    .map((ownership) => ({ ...ownership, fields: common(ownership.fields, changed) }))
    .filter((ownership) => ownership.fields.size > 0);
  if (conflicts.length > 0 && !force) refuseConflicts(conflicts);

  const left = mapOwners(others, (ownership) => without(ownership.fields, union(changed, removed)));
  const moved = added.size + modified.size + removed.size > 0;
  const own: Ownership = { manager: by, fields, ...timeOf(moved ? now : last?.time) };
  if (!moved && last !== undefined && sameSet(last.fields, fields)) return { object: live, owners };
  return { object: moved ? object : live, owners: new Map([...left, [id, own]]) };
};

const timeOf = (time: string | undefined): { time?: string } => (time === undefined ? {} : { time });

const mapOwners = (owners: Owners, left: (ownership: Ownership) => FieldSet): Owners =>
  new Map([...owners].map(([id, ownership]) => [id, { ...ownership, fields: left(ownership) }]));

const refuseConflicts = (conflicts: readonly Ownership[]): void => {
  const ordered = conflicts.toSorted((a, b) => (managerId(a.manager) < managerId(b.manager) ? -1 : 1));
  const causes = ordered.flatMap(({ manager, fields }) =>
    spellPaths(fields).map((field) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${spell(manager)}`,
      field,
    })),
  );
  const message =
    causes.length === 1
      ? `1 conflict: ${causes[0]?.message}: ${causes[0]?.field}`
      : `${causes.length} conflicts: ${ordered.map(listOf).join('\n')}`;
  refuse({ code: 409, reason: 'Conflict', message: `Apply failed with ${message}`, details: { causes } });
};

const listOf = ({ manager, fields }: Ownership): string =>
  [`conflicts with ${spell(manager)}:`, ...spellPaths(fields).map((path) => `- ${path}`)].join('\n');

const spell = ({ manager, operation, apiVersion, subresource }: Manager): string =>
  [
    JSON.stringify(manager),
    ...(subresource === undefined ? [] : [`with subresource ${JSON.stringify(subresource)}`]),
    ...(operation === 'Update' ? [`using ${apiVersion}`] : []),
  ].join(' ');
