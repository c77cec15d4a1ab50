import { LabError } from '../errors.ts';
import { isSecret, type Secret, sameSecret } from '../secrets/secret.ts';
import { comesWithTheWrite, isSourced, type Source, type Sourced, type StoreSource } from '../secrets/source.ts';
import type { Cause } from './change.ts';
import { formatPath, type Path } from './path.ts';
import { type Fields, isFields, isList, isLiveSecret, type Json, type LiveSecret, type Value } from './value.ts';
import type { SecretDesk } from './world.ts';

/** What comes of one secret field. */
export type Verdict =
  | { readonly is: 'same' }
  | { readonly is: 'unverifiable' }
  /** To be written; value is absent where it is made only at the write (generate). */
  | { readonly is: 'changed'; readonly value?: Secret; readonly cause: Cause }
  /** Somebody else's value, to be reported and left. */
  | { readonly is: 'kept' };

/** Verdicts by formatted path. */
export type Verdicts = ReadonlyMap<string, Verdict>;

/** What judging needs to know about the object. */
export interface Judging {
  readonly desk: SecretDesk;
  readonly installation: string | undefined;
  readonly subject: string;
  /** The live spec, or undefined for an absent object. */
  readonly live: Fields | undefined;
  /** The fingerprint that state has for a path: for fields that the server never answers. */
  readonly appliedFingerprint: (path: Path) => string | undefined;
  readonly writeOnly: (path: Path) => boolean;
  readonly recorded: boolean;
  /** Whether this manifest is still to write what a source names: its value is known only then. */
  readonly comes: (source: StoreSource) => boolean;
}

/** Judges every secret field of a desired spec. Throws MISSING_SOURCE where a value is needed and there is none. */
export const judgeSecrets = async (desired: Fields, judging: Judging): Promise<Verdicts> => {
  const found = secretLeaves(desired, []);
  const verdicts = await Promise.all(
    found.map(async ({ path, leaf }) => [formatPath(path), await judge(leaf, path, judging)] as const),
  );
  return new Map(verdicts);
};

/** The secret fields of a spec with their paths. */
export const secretLeaves = (value: Value, path: Path): { path: Path; leaf: Secret | Sourced }[] => {
  if (isSecret(value) || isSourced(value)) return [{ path, leaf: value }];
  if (isList(value)) return value.flatMap((item, index) => secretLeaves(item, [...path, index]));
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => secretLeaves(item, [...path, key]));
};

/** The value at a path, or undefined. */
export const valueAt = (root: Value | undefined, path: Path): Value | undefined =>
  path.reduce<Value | undefined>((value, segment) => {
    if (isList(value)) return typeof segment === 'number' ? value[segment] : undefined;
    return isFields(value) ? value[String(segment)] : undefined;
  }, root);

const judge = async (leaf: Secret | Sourced, path: Path, judging: Judging): Promise<Verdict> => {
  if (isSourced(leaf) && leaf.source.from === 'store' && judging.comes(leaf.source)) {
    return { is: 'changed', cause: judging.live === undefined && judging.recorded ? 'drift' : 'pending' };
  }
  if (judging.writeOnly(path)) return judgeWriteOnly(leaf, path, judging);
  const live = valueAt(judging.live, path);
  return isLiveSecret(live) ? judgeLive(leaf, live, path, judging) : judgeAbsent(leaf, judging);
};

const judgeAbsent = async (leaf: Secret | Sourced, { desk, recorded }: Judging): Promise<Verdict> => {
  const cause: Cause = recorded ? 'drift' : 'pending';
  if (isSecret(leaf)) return { is: 'changed', value: leaf, cause };
  if (comesWithTheWrite(leaf.source)) return { is: 'changed', cause };
  const value = await desk.resolve(leaf);
  if (value === undefined) throw missingSource(leaf);
  return { is: 'changed', value, cause };
};

/** The error where a value has to be written and its source has none. */
export const missingSource = (leaf: Sourced): LabError => {
  const { what, next } = missing(leaf.source);
  return new LabError('MISSING_SOURCE', `the value has to be written and ${what}`, { at: leaf.at, next });
};

const missing = (source: Source): { what: string; next: string } => {
  switch (source.from) {
    case 'env':
      return { what: `the environment variable ${source.name} is not set`, next: `Set ${source.name} and run again.` };
    case 'store':
      return { what: `nothing lies in ${source.named}`, next: 'Put the value there and run again.' };
    case 'prompt':
      return {
        what: `nobody typed "${source.text}"`,
        next: 'Run lab apply at a terminal, without --json, and type it there; or name another source.',
      };
    case 'exec':
      return {
        what: `the program ${source.command[0]} printed nothing`,
        next: 'See what it prints when you run it in the folder of the manifest.',
      };
    case 'file':
    case 'generate':
      return { what: `there is no value in its ${source.from} source`, next: 'Provide the source and run again.' };
  }
};

/** The desired value where it can be told now; one that is made or typed at the write is whatever is there. */
const desiredValue = async (leaf: Secret | Sourced, desk: SecretDesk): Promise<Secret | undefined> => {
  if (isSecret(leaf)) return leaf;
  if (comesWithTheWrite(leaf.source)) return undefined;
  const value = await desk.resolve(leaf);
  if (value === undefined && leaf.onMissingSource === 'enforce') throw missingSource(leaf);
  return value;
};

const judgeLive = async (leaf: Secret | Sourced, live: LiveSecret, path: Path, judging: Judging): Promise<Verdict> => {
  const { desk, installation } = judging;
  const value = await desiredValue(leaf, desk);
  const overwrite = isSourced(leaf) && leaf.onExternalChange === 'overwrite';
  const print = (secret: Secret): string | undefined =>
    installation === undefined ? undefined : desk.fingerprint(installation, judging.subject, formatPath(path), secret);
  if (value !== undefined && live.value !== undefined && sameSecret(value, live.value)) return { is: 'same' };
  const mark = live.fingerprint;
  if (mark === undefined || !desk.knowsKey(mark)) {
    // Not ours to recognise: only two values side by side can tell, or an order to overwrite.
    if (value === undefined) return { is: 'unverifiable' };
    if (live.value !== undefined || overwrite) return { is: 'changed', value, cause: 'unattributed' };
    return { is: 'unverifiable' };
  }
  const moved = live.moved ?? (live.value !== undefined && print(live.value) !== mark);
  if (moved) {
    if (!overwrite) return { is: 'kept' };
    return value === undefined ? { is: 'changed', cause: 'drift' } : { is: 'changed', value, cause: 'drift' };
  }
  if (value === undefined || print(value) === mark) return { is: 'same' };
  return { is: 'changed', value, cause: 'pending' };
};

const judgeWriteOnly = async (leaf: Secret | Sourced, path: Path, judging: Judging): Promise<Verdict> => {
  if (judging.live === undefined) return judgeAbsent(leaf, judging);
  const value = await desiredValue(leaf, judging.desk);
  // The server shows no value, and says that it has none.
  if (valueAt(judging.live, path) === null) {
    return value === undefined
      ? { is: 'kept' }
      : { is: 'changed', value, cause: judging.recorded ? 'drift' : 'pending' };
  }
  const applied = judging.appliedFingerprint(path);
  if (value === undefined || applied === undefined || judging.installation === undefined) return { is: 'unverifiable' };
  if (!judging.desk.knowsKey(applied)) return { is: 'unverifiable' };
  const now = judging.desk.fingerprint(judging.installation, judging.subject, formatPath(path), value);
  return now === applied ? { is: 'same' } : { is: 'changed', value, cause: 'pending' };
};

/** A fingerprint as state keeps it in place of a secret. */
export const fingerprintJson = (fingerprint: string): Json => ({ fingerprint });
