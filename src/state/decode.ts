import type { Json } from '../engine/value.ts';
import type { JournalEntry, StateRecord } from './store.ts';

/** The format that this version of lab writes. */
export const formatVersion = 1;

/** A decoded value, or what is wrong with it; never quotes it. */
export type Decoded<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly why: string };

/** What the state document says beside its records. */
export interface Head {
  readonly formatVersion: number;
  readonly installation: string;
  readonly serial: number;
  readonly systems: Readonly<Record<string, string>>;
  readonly usedPlans: readonly string[];
}

/** Which journal a line belongs to, and where in it. */
export interface Position {
  readonly formatVersion: number;
  readonly installation: string;
  /** The serial of the state document that this journal goes on from. */
  readonly extends: number;
  /** Counts from 1 in each journal. */
  readonly sequence: number;
}

/** What is wrong, as `must be text`; '' if nothing is. */
type Check = (value: Json | undefined) => string;

type Checks<Value> = { readonly [Name in keyof Value]-?: Check };

const that = (holds: (value: Json | undefined) => boolean, complaint: string): Check => {
  return (value) => (holds(value) ? '' : complaint);
};

const isText = (value: Json | undefined): value is string => typeof value === 'string';
const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Text, maybe empty. */
export const text = that(isText, 'must be text');
const name = that((value) => isText(value) && value !== '', 'must be text');
const texts = that((value) => Array.isArray(value) && value.every(isText), 'must be a list of text');
const textMap = that((value) => isMap(value) && Object.values(value).every(isText), 'must map names to text');
/** A whole number. */
export const count = that((value) => Number.isInteger(value), 'must be a whole number');
const anything = that((value) => value !== undefined, 'must be there');
const oneOf = (...words: readonly string[]): Check =>
  that((value) => isText(value) && words.includes(value), `must be ${words.join(' or ')}`);

/** The first field that is wrong: `record: ownership: must be owned or contributed`. */
export const shape =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (!isMap(value)) return 'must be an object';
    const wrong = Object.entries(checks).map(([key, check]) => [key, check(field(value, key))] as const);
    return wrong.flatMap(([key, why]) => (why === '' ? [] : [`${key}: ${why}`]))[0] ?? '';
  };

/** A decoder that checks each field of a value. */
export const decoder = <Value>(checks: Checks<Value>) => {
  const check = shape(checks);
  // The checks cover each field of Value; fields that this version does not know stay with it.
  const fits = (value: Json): value is Json & Value => check(value) === '';
  return (value: Json): Decoded<Value> => (fits(value) ? { ok: true, value } : { ok: false, why: check(value) });
};

const recordChecks: Checks<StateRecord> = {
  identity: name,
  address: name,
  kind: name,
  scope: text,
  id: texts,
  ownership: oneOf('owned', 'contributed'),
  dependsOn: texts,
  applied: anything,
  receipt: shape({ applied: text, live: text }),
  status: oneOf('begun', 'done'),
};
const record = shape(recordChecks);

const steps: { readonly [Step in JournalEntry['step']]: (value: Json) => Decoded<JournalEntry> } = {
  begin: decoder<JournalEntry & { step: 'begin' }>({ step: name, record, action: text, plan: text }),
  end: decoder<JournalEntry & { step: 'end' }>({ step: name, record }),
  gone: decoder<JournalEntry & { step: 'gone' }>({ step: name, identity: name }),
  system: decoder<JournalEntry & { step: 'system' }>({ step: name, provider: name, scope: text }),
  'plan-used': decoder<JournalEntry & { step: 'plan-used' }>({ step: name, digest: name }),
};

const isStep = (value: Json | undefined): value is JournalEntry['step'] => isText(value) && Object.hasOwn(steps, value);

/** One record of the state document. */
export const decodeRecord = decoder<StateRecord>(recordChecks);

/** What stands before the records. */
export const decodeHead = decoder<Head>({
  formatVersion: that((value) => value === formatVersion, `must be ${formatVersion}`),
  installation: name,
  serial: count,
  systems: textMap,
  usedPlans: texts,
});

/** The place of a journal line; its entry is decoded by decodeEntry. */
export const decodePosition = decoder<Position>({
  formatVersion: that((value) => value === formatVersion, `must be ${formatVersion}`),
  installation: name,
  extends: count,
  sequence: count,
});

/** One step of the journal. */
export const decodeEntry = (value: Json): Decoded<JournalEntry> => {
  const step = field(value, 'step');
  return isStep(step) ? steps[step](value) : { ok: false, why: `step: must be ${Object.keys(steps).join(' or ')}` };
};

/** JSON, without an exception for what is none. */
export const parseJson = (written: string): Decoded<Json> => {
  try {
    return { ok: true, value: JSON.parse(written) };
  } catch {
    return { ok: false, why: 'it is not JSON' };
  }
};

/** One field of what should be an object. */
export const field = (value: Json | undefined, key: string): Json | undefined =>
  isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;

/** The version, if it is one from the future. */
export const newerFormat = (value: Json): number | undefined => {
  const version = field(value, 'formatVersion');
  return typeof version === 'number' && version > formatVersion ? version : undefined;
};

/** The object that a damaged record or journal line is about, if that much of it can be read. */
export const identityIn = (written: string): string | undefined => {
  const parsed = parseJson(written);
  if (!parsed.ok) return undefined;
  if (isText(parsed.value)) return identityIn(parsed.value);
  const entry = field(parsed.value, 'entry');
  const found = [parsed.value, entry, field(entry, 'record')].map((value) => field(value, 'identity'));
  return found.find(isText);
};
