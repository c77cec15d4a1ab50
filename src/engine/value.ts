import { isSecret, type Secret } from '../secrets/secret.ts';
import { isSourced, type Sourced } from '../secrets/source.ts';

/** Plain data: what may be printed, stored and compared as it is. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const leaf = Symbol('leaf');

/** Text with values in it that are only known once other resources are there: `${vault.auth-method/kubernetes#accessor}`. */
export interface Reference {
  readonly [leaf]: 'reference';
  /** Literal text and references in turn. One reference alone keeps the type of its output; with text it becomes a string. */
  readonly parts: readonly (string | OutputRef)[];
}

/** One output of one resource. */
export interface OutputRef {
  readonly address: string;
  readonly output: string;
}

/** What a kind could read of a secret field: never the value as text. */
export interface LiveSecret {
  readonly [leaf]: 'live-secret';
  /** The fingerprint that lab left beside the value, if any. */
  readonly fingerprint?: string;
  /** Whether the store's own version shows a write after the fingerprint was left; undefined where the store has no versions. */
  readonly moved?: boolean;
  /** The value itself, where the API returns it anyway. */
  readonly value?: Secret;
}

/** A field's value: plain data with secrets, sources and references as leaves. null means "must be absent". */
export type Value =
  | null
  | boolean
  | number
  | string
  | Secret
  | Sourced
  | Reference
  | LiveSecret
  | readonly Value[]
  | Fields;

/** A spec, desired or live: field names to values. An unset field is not managed. */
export interface Fields {
  readonly [field: string]: Value;
}

/** Text with references in it; the manifest loader makes these. */
export const reference = (parts: Reference['parts']): Reference =>
  Object.freeze({ [leaf]: 'reference' as const, parts });

/** What a kind's read() answers for a secret field. */
export const liveSecret = (seen: Omit<LiveSecret, typeof leaf>): LiveSecret =>
  Object.freeze({ [leaf]: 'live-secret' as const, ...seen });

const hasLeaf = (value: unknown, name: string): boolean =>
  typeof value === 'object' && value !== null && Reflect.get(value, leaf) === name;

/** Whether a value is not known before other resources are read or made. */
export const isReference = (value: unknown): value is Reference => hasLeaf(value, 'reference');

/** Whether a value is what a kind could see of a live secret. */
export const isLiveSecret = (value: unknown): value is LiveSecret => hasLeaf(value, 'live-secret');

/** Whether a value is a map of further values, not a leaf. */
export const isFields = (value: Value | undefined): value is Fields =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !isSecret(value) &&
  !isSourced(value) &&
  !isReference(value) &&
  !isLiveSecret(value);

/** Whether a value is a list. */
export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);
