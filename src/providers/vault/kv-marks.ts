import { type LiveSecret, liveSecret } from '../../engine/value.ts';

// What lab leaves in a KV v2 secret's custom_metadata: at most 64 entries of at most 512 bytes, shared with other people.

/** The marks of one secret. */
export interface Marks {
  /** `name/environment/installation` */
  readonly owner?: string;
  /** The version that the fingerprints speak of; absent if lab never wrote one. */
  readonly version?: number;
  /** Whether that version is known to be lab's. False from the announcement of a write until its confirmation. */
  readonly confirmed: boolean;
  /** By key of the secret. */
  readonly fingerprints: Readonly<Record<string, string>>;
}

/** `custom_metadata` as Vault answers it. */
export type CustomMetadata = Readonly<Record<string, string>>;

const pieceName = (index: number): string => `lab-fingerprints${index === 0 ? '' : `-${index + 1}`}`;

/** The marks in a custom_metadata; other people's entries are passed over. */
export const decodeMarks = (metadata: CustomMetadata): Marks => {
  const [, digits, announced] = /^(\d+)( announced)?$/.exec(metadata['lab-version'] ?? '') ?? [];
  const owner = metadata['lab-owner'];
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(digits === undefined ? {} : { version: Number(digits) }),
    confirmed: digits !== undefined && announced === undefined,
    fingerprints: parseFingerprints(metadata),
  };
};

/** The custom_metadata entries for marks; null for entries of `before` that they no longer need (a merge patch). */
export const encodeMarks = (marks: Marks, before: CustomMetadata): Record<string, string | null> => {
  const stale = Object.keys(before).filter((name) => /^lab-(owner|version|fingerprints(-\d+)?)$/.test(name));
  const text = asciiJson(marks.fingerprints);
  const pieces = Object.keys(marks.fingerprints).length === 0 ? [] : (text.match(/.{1,512}/g) ?? []);
  return {
    ...Object.fromEntries(stale.map((name) => [name, null])),
    ...(marks.owner === undefined ? {} : { 'lab-owner': marks.owner }),
    ...(marks.version === undefined ? {} : { 'lab-version': `${marks.version}${marks.confirmed ? '' : ' announced'}` }),
    ...Object.fromEntries(pieces.map((piece, index) => [pieceName(index), piece])),
  };
};

/** What can be told of a key's value from the marks, when the secret is at version `current`. */
export const seenThrough = (marks: Marks, current: number, key: string): LiveSecret => {
  const fingerprint = marks.fingerprints[key];
  if (fingerprint === undefined || marks.version === undefined) return liveSecret({});
  if (marks.confirmed) return liveSecret({ fingerprint, moved: current !== marks.version });
  if (current > marks.version) return liveSecret({ fingerprint, moved: true });
  // Announced and never confirmed: whether the value was written is not known. Nobody else is to blame, and it must be
  // written (again): the fingerprint is turned into one of the same key that fits no value.
  return liveSecret({ fingerprint: fingerprint.replace(/[^:]+$/, (mac) => '0'.repeat(mac.length)), moved: false });
};

const parseFingerprints = (metadata: CustomMetadata): Record<string, string> => {
  const pieces: string[] = [];
  for (let piece = metadata[pieceName(0)]; piece !== undefined; piece = metadata[pieceName(pieces.length)]) {
    pieces.push(piece);
  }
  try {
    const parsed: unknown = JSON.parse(pieces.join(''));
    const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    // Somebody edited it: then it tells nothing.
    return {};
  }
};

// One byte a character, so that pieces can be cut by length.
const asciiJson = (value: object): string =>
  JSON.stringify(value).replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
