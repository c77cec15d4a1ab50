import { createHash } from 'node:crypto';
import { formatPath } from '../../../engine/path.ts';
import type { WriteRequest } from '../../../engine/resource.ts';
import { isSecret, type Secret } from '../../../secrets/secret.ts';
import type { Sourced } from '../../../secrets/source.ts';
import type { SecretPlace, SecretState } from '../client.ts';
import { decodeMarks, type FieldMark, type Marks, seenThrough, standing } from './marks.ts';

/** The spec of a secret: its value as a whole or by property, and what it is called. */
export interface Desired {
  readonly value?: Secret | Sourced | undefined;
  readonly properties?: Readonly<Record<string, Secret | Sourced>> | undefined;
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string | null>> | undefined;
}

/** What a write comes to, worked out before the first call. */
export interface Intent {
  readonly before: Marks;
  /** Values to set, by property in the order of their names; '' is a value as a whole. */
  readonly set: ReadonlyMap<string, Secret>;
  /** Properties to take out. */
  readonly gone: readonly string[];
  /** The id of the version to write; absent if the value stays as it is. */
  readonly version?: string;
  /** The marks that announce the version, with `gone` in them until it is there. */
  readonly marks: Marks;
}

/** Works out a write. `restored`: the secret comes back from its deletion, and lab's old values in it do not count. */
export const intend = (
  place: SecretPlace,
  request: WriteRequest<Desired>,
  state: SecretState,
  restored: boolean,
): Intent => {
  const before = decodeMarks(state.tags);
  const leaves = leavesOf(request.spec);
  const set = new Map([...leaves].flatMap(([field, value]) => valueToSet(field, value, request, before, state)));
  const gone = [...before.fields.keys()].filter(
    (field) => !leaves.has(field) && (restored || isGone(field, request, before)),
  );
  const owner = request.mark ?? before.owner;
  const lasting = {
    ...(owner === undefined ? {} : { owner }),
    tags: Object.entries(request.spec.tags ?? {}).flatMap(([name, text]) => (text === null ? [] : [name])),
  };
  const replaced = state.current;
  if (set.size === 0 && gone.length === 0) {
    const kept = [...leaves.keys()].filter((field) => !before.fields.has(field));
    const fields = new Map([...before.fields, ...kept.map((field) => [field, { is: 'kept' }] as const)]);
    return { before, set, gone, marks: { ...before, ...lasting, fields } };
  }
  const fields = new Map<string, FieldMark>([
    ...[...before.fields.keys()].map((field) => [field, carried(field, before, state)] as const),
    ...[...leaves.keys()].map((field) => [field, written(field, set, request, before, state)] as const),
    ...gone.map((field) => [field, { is: 'gone' }] as const),
  ]);
  const version = versionId(place, [replaced ?? '', [...set.keys()], [...fields].toSorted(byName)]);
  const marks = { ...lasting, version, ...(replaced === undefined ? {} : { replaced }), fields };
  return { before, set, gone, version, marks };
};

/** The marks once the version is there. */
export const settledMarks = ({ marks }: Intent): Marks => ({
  ...marks,
  fields: new Map([...marks.fields].filter(([, mark]) => mark.is !== 'gone')),
});

const leavesOf = ({ value, properties = {} }: Desired): ReadonlyMap<string, Secret | Sourced> =>
  new Map(value === undefined ? Object.entries(properties).toSorted(byName) : [['', value]]);

const pathOf = (field: string): string => (field === '' ? 'value' : formatPath(['properties', field]));

// A value whose mark vouches for it in the current version stays as it is.
const valueToSet = (
  field: string,
  value: Secret | Sourced,
  { fingerprints }: WriteRequest<Desired>,
  before: Marks,
  state: SecretState,
): [string, Secret][] => {
  if (!isSecret(value)) return [];
  const mark = standing(before, state) === 'written' ? before.fields.get(field) : undefined;
  const same = mark?.is === 'written' && !mark.moved && mark.fingerprint === fingerprints[pathOf(field)];
  return same ? [] : [[field, value]];
};

// A value as a whole leaves no room for properties, and the other way round.
const isGone = (field: string, { spec, removed }: WriteRequest<Desired>, before: Marks): boolean =>
  before.fields.get(field)?.is === 'gone' ||
  (field === '') !== (spec.value !== undefined) ||
  removed.includes('properties') ||
  removed.includes(pathOf(field));

const carried = (field: string, before: Marks, state: SecretState): FieldMark => {
  const mark = before.fields.get(field) ?? { is: 'kept' };
  return mark.is === 'written' ? { ...mark, moved: seenThrough(before, state, field).moved === true } : mark;
};

const written = (
  field: string,
  set: Intent['set'],
  { fingerprints }: WriteRequest<Desired>,
  before: Marks,
  state: SecretState,
): FieldMark => {
  const fingerprint = fingerprints[pathOf(field)];
  if (fingerprint === undefined) return { is: 'kept' };
  return { is: 'written', fingerprint, moved: !set.has(field) && seenThrough(before, state, field).moved === true };
};

/**
 * The same write has the same version id however often it is begun, so that AWS makes one version of it. Whatever its
 * content depends on is in there; fingerprints are keyed, so nobody else can foresee the id.
 */
const versionId = ({ region, name }: SecretPlace, content: readonly unknown[]): string =>
  createHash('sha256')
    .update(JSON.stringify([region, name, ...content]))
    .digest('hex');

const byName = ([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number =>
  left < right ? -1 : 1;
