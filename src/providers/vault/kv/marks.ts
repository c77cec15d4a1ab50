import { type LiveSecret, liveSecret } from '../../../engine/value.ts';

// What lab leaves in a KV v2 secret's custom_metadata: at most 64 entries of at most 512 bytes, shared with other people.

/** The marks of one secret. */
export interface Marks {
  /** `name/environment/installation` */
  readonly owner?: string;
  /** The version that the keys' marks speak of; absent if lab never wrote one. */
  readonly version?: number;
  /** Whether that version is known to be lab's. False from the announcement of a write until its confirmation. */
  readonly confirmed: boolean;
  readonly keys: ReadonlyMap<string, KeyMark>;
}

/** What lab knows of one key's value. */
export interface KeyMark {
  readonly fingerprint: string;
  /** Somebody else wrote the secret after this value, and lab kept what it found when it wrote other keys. */
  readonly moved: boolean;
}

/** `custom_metadata` as Vault answers it. */
export type CustomMetadata = Readonly<Record<string, string>>;

/** No marks at all. */
export const noMarks: Marks = { confirmed: false, keys: new Map() };

/** The marks in a custom_metadata; other people's entries are passed over. */
export const decodeMarks = (metadata: CustomMetadata): Marks => {
  const [, digits, announced] = /^(\d+)( announced)?$/.exec(metadata['lab-version'] ?? '') ?? [];
  const owner = metadata['lab-owner'];
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(digits === undefined ? {} : { version: Number(digits) }),
    confirmed: digits !== undefined && announced === undefined,
    keys: decodeKeys(metadata),
  };
};

/** The custom_metadata entries for marks, as a merge patch: null for names of `before` that they no longer need. */
export const encodeMarks = (marks: Marks, before: readonly string[]): Record<string, string | null> => {
  const stale = before.filter((name) => /^lab-(owner|version|fingerprints(-\d+)?)$/.test(name));
  const pieces = encodeKeys(marks.keys).match(/.{1,512}/g) ?? [];
  return {
    ...Object.fromEntries(stale.map((name) => [name, null])),
    ...(marks.owner === undefined ? {} : { 'lab-owner': marks.owner }),
    ...(marks.version === undefined ? {} : { 'lab-version': `${marks.version}${marks.confirmed ? '' : ' announced'}` }),
    ...Object.fromEntries(pieces.map((piece, index) => [pieceName(index), piece])),
  };
};

/** What can be told of a key's value from the marks, when the secret is at version `current`. */
export const seenThrough = (marks: Marks, current: number, key: string): LiveSecret => {
  const mark = marks.keys.get(key);
  if (mark === undefined || marks.version === undefined) return liveSecret({});
  const { fingerprint } = mark;
  if (marks.confirmed) return liveSecret({ fingerprint, moved: mark.moved || current !== marks.version });
  if (current > marks.version) return liveSecret({ fingerprint, moved: true });
  // Announced and never confirmed: whether the value was written is not known. Nobody else is to blame, and it must be
  // written (again): the fingerprint is turned into one of the same key that fits no value.
  return liveSecret({ fingerprint: fingerprint.replace(/[^:]+$/, (mac) => '0'.repeat(mac.length)), moved: mark.moved });
};

const pieceName = (index: number): string => `lab-fingerprints${index === 0 ? '' : `-${index + 1}`}`;

const unicodeEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

// One byte a character, so that pieces can be cut by length.
const encodeKeys = (keys: Marks['keys']): string => {
  if (keys.size === 0) return '';
  const texts = [...keys].map(([key, mark]) => [key, `${mark.moved ? 'moved ' : ''}${mark.fingerprint}`]);
  return JSON.stringify(Object.fromEntries(texts)).replace(/[\u0080-\uffff]/g, unicodeEscape);
};

const decodeKeys = (metadata: CustomMetadata): Marks['keys'] => {
  const pieces: string[] = [];
  for (let piece = metadata[pieceName(0)]; piece !== undefined; piece = metadata[pieceName(pieces.length)]) {
    pieces.push(piece);
  }
  return new Map(
    Object.entries(parseMap(pieces.join(''))).flatMap(([key, text]): [string, KeyMark][] => {
      if (typeof text !== 'string') return [];
      return [[key, { fingerprint: text.replace(/^moved /, ''), moved: text.startsWith('moved ') }]];
    }),
  );
};

// What is no JSON any more was edited by somebody, and tells nothing.
const parseMap = (text: string): object => {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
};
