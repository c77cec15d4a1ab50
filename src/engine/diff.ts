import { isSecret } from '../secrets/secret.ts';
import { isSourced } from '../secrets/source.ts';
import { sameJson } from './canonical.ts';
import type { Cause, FieldChange, Shown } from './change.ts';
import { type Verdicts, valueAt } from './judge.ts';
import { describeReference } from './node.ts';
import { formatPath, type Path } from './path.ts';
import type { KindFacts } from './resource.ts';
import { inherits, traitsAt } from './traits.ts';
import { type Fields, isFields, isList, isLiveSecret, isReference, type Json, type Value } from './value.ts';

/** The three sides of a comparison. */
export interface Sides {
  readonly facts: KindFacts;
  readonly desired: Fields;
  /** undefined: the object is absent. */
  readonly live: Fields | undefined;
  /** What was applied last, from state; undefined without a record. */
  readonly applied: Json | undefined;
  readonly verdicts: Verdicts;
}

/** Every field that differs, in the order of the spec; [] means nothing to do. Live fields nobody asked for are no difference. */
export const diff = (sides: Sides): readonly FieldChange[] => [
  ...compareMap(sides, sides.desired, sides.live, []),
  ...removedFields(sides),
];

const compareMap = (sides: Sides, desired: Fields, live: Value | undefined, path: Path): FieldChange[] => {
  const liveMap = isFields(live) ? live : {};
  const changes = Object.entries(desired).flatMap(([key, value]) =>
    compare(sides, value, liveMap[key], [...path, key]),
  );
  if (!inherits(sides.facts, path, 'exact')) return changes;
  const extra = Object.keys(liveMap).filter((key) => !(key in desired));
  return [...changes, ...extra.map((key) => change(sides, [...path, key], undefined, liveMap[key]))];
};

const compare = (sides: Sides, desired: Value, live: Value | undefined, path: Path): FieldChange[] => {
  if (isSecret(desired) || isSourced(desired)) return compareSecret(sides, live, path);
  if (isReference(desired)) return [change(sides, path, desired, live)];
  if (desired === null) return live === undefined || live === null ? [] : [change(sides, path, null, live)];
  if (isList(desired)) return compareList(sides, desired, live, path);
  if (isFields(desired)) {
    if (isFields(live) || Object.keys(desired).length > 0) return compareMap(sides, desired, live, path);
    return live === undefined ? [change(sides, path, desired, live)] : [];
  }
  return desired === live ? [] : [change(sides, path, desired, live)];
};

// Lists of maps with equal length are compared entry by entry, so that one changed field shows as one; others as a whole.
const compareList = (sides: Sides, desired: readonly Value[], live: Value | undefined, path: Path): FieldChange[] => {
  if (!isList(live)) return [change(sides, path, desired, live)];
  const deep = desired.length === live.length && desired.some((item) => isFields(item));
  if (deep) return desired.flatMap((item, index) => compare(sides, item, live[index], [...path, index]));
  return sameJson(plain(desired), plain(live)) ? [] : [change(sides, path, desired, live)];
};

const compareSecret = (sides: Sides, live: Value | undefined, path: Path): FieldChange[] => {
  const verdict = sides.verdicts.get(formatPath(path));
  const field = formatPath(path);
  const before: Shown = live === undefined || live === null ? { absent: true } : { secret: 'changed' };
  switch (verdict?.is) {
    case 'changed':
      return [{ path: field, before, after: { secret: 'changed' }, cause: verdict.cause }];
    case 'kept':
      return [{ path: field, before, after: { secret: 'unverifiable' }, cause: 'drift', kept: true }];
    case 'same':
    case 'unverifiable':
    case undefined:
      return [];
  }
};

const change = (sides: Sides, path: Path, desired: Value | undefined, live: Value | undefined): FieldChange => ({
  path: formatPath(path),
  before: shown(live),
  // null: must be absent.
  after: desired === null ? { absent: true } : shown(desired),
  cause: causeOf(sides, path, desired, live),
});

const causeOf = (sides: Sides, path: Path, desired: Value | undefined, live: Value | undefined): Cause => {
  if (traitsAt(sides.facts, path).ages === true) return 'pending';
  if (sides.applied === undefined) return sides.live === undefined ? 'pending' : 'unattributed';
  const applied = valueAt(sides.applied, path);
  const manifestMoved = desired === undefined ? applied !== undefined : !sameAs(desired, applied);
  const liveMoved = live === undefined ? applied !== undefined : applied === undefined || !covers(applied, live);
  if (manifestMoved && liveMoved && applied !== undefined) return 'both';
  return manifestMoved ? 'pending' : 'drift';
};

const sameAs = (value: Value, applied: Value | undefined): boolean =>
  applied !== undefined && sameJson(plain(value), plain(applied));

/** Whether live holds everything that wanted holds; more in live does not matter. */
export const covers = (wanted: Value, live: Value | undefined): boolean => {
  if (isList(wanted)) {
    return isList(live) && wanted.length === live.length && wanted.every((item, index) => covers(item, live[index]));
  }
  if (isFields(wanted)) {
    return isFields(live) && Object.entries(wanted).every(([key, item]) => covers(item, live[key]));
  }
  return wanted === live;
};

/** Fields that were applied before, are gone from the manifest and still differ from the value that they are reset to. */
const removedFields = (sides: Sides): FieldChange[] =>
  removedPaths(sides).flatMap((path) => {
    // An entry of a map that is compared whole has been named by the comparison.
    if (inherits(sides.facts, path.slice(0, -1), 'exact')) return [];
    const live = valueAt(sides.live, path);
    const unset = traitsAt(sides.facts, path).unset;
    if (live === undefined || live === null || (unset !== undefined && sameJson(plain(live), unset))) return [];
    return [change(sides, path, unset === undefined ? undefined : unset, live)];
  });

/** Paths in the applied spec that the desired one no longer holds; a removed map counts once, at its top. */
export const removedPaths = ({ applied, desired }: Pick<Sides, 'applied' | 'desired'>): Path[] => {
  const walk = (before: Json | undefined, now: Value | undefined, path: Path): Path[] => {
    if (now === undefined) return [path];
    if (!isMap(before) || !isFields(now)) return [];
    return Object.keys(before).flatMap((key) => walk(before[key], now[key], [...path, key]));
  };
  return applied === undefined ? [] : walk(applied, desired, []);
};

const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as it may be shown. */
export const shown = (value: Value | undefined): Shown => {
  if (value === undefined) return { absent: true };
  if (isReference(value)) return { unknown: describeReference(value) };
  if (isSecret(value) || isSourced(value) || isLiveSecret(value)) return { secret: 'unverifiable' };
  return { known: plain(value) };
};

/** A value as data, with words in place of what cannot or may not be shown. */
export const plain = (value: Value): Json => {
  if (isSecret(value) || isSourced(value) || isLiveSecret(value)) return '(secret)';
  if (isReference(value)) return `(known after apply: ${describeReference(value)})`;
  if (isList(value)) return value.map(plain);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
};

/** Live cut down to the fields that desired names: what lab manages of it. */
export const managedPart = (desired: Value, live: Value | undefined): Json => {
  if (live === undefined) return '(absent)';
  if (isLiveSecret(live)) return live.fingerprint ?? '(secret)';
  if (isList(desired) && isList(live) && desired.length === live.length) {
    return desired.map((item, index) => managedPart(item, live[index]));
  }
  if (isFields(desired) && isFields(live)) {
    return Object.fromEntries(Object.entries(desired).map(([key, item]) => [key, managedPart(item, live[key])]));
  }
  return plain(live);
};
