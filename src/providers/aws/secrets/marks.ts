import { type LiveSecret, liveSecret } from '../../../engine/value.ts';
import type { SecretState } from '../client.ts';
import type { Tags } from '../tags.ts';

// What lab leaves in a secret's tags: at most 50, shared with other people, names up to 128 and values up to 256
// characters of letters, digits, spaces and + - = . _ : / @ (API reference of Secrets Manager, TagResource).

/** The marks of one secret. */
export interface Marks {
  /** `name/environment/installation` */
  readonly owner?: string;
  /** The version that the fields' marks speak of; absent if lab never wrote one. Set before that version is written. */
  readonly version?: string;
  /** The version that was current before it. */
  readonly replaced?: string;
  /** By property; '' is a value as a whole. */
  readonly fields: ReadonlyMap<string, FieldMark>;
  /** Names of the tags that the manifest asked for. */
  readonly tags: readonly string[];
}

/** What lab knows of one value. kept: it was there and was left. gone: lab takes it out with the version. */
export type FieldMark =
  /** `moved`: somebody else wrote the secret after this value, and lab kept what it found when it wrote another one. */
  | { readonly is: 'written'; readonly fingerprint: string; readonly moved: boolean }
  | { readonly is: 'kept' }
  | { readonly is: 'gone' };

const prefix = 'lab-';
const fingerprintTag = 'lab-fingerprint';
const managedBy = 'managed-by';

/** How many tags the marks take beside one for each value. */
export const marksBesideFields = 5;

/** Whether a tag is lab's own: the manifest may not ask for it. */
export const isOwnTag = (name: string): boolean => name.startsWith(prefix) || name === managedBy;

/** The tags for the marks. */
export const encodeMarks = ({ owner, version, replaced, fields, tags }: Marks): Tags => ({
  ...(owner === undefined ? {} : { [managedBy]: 'lab', 'lab-owner': owner }),
  ...(version === undefined ? {} : { 'lab-version': version }),
  ...(replaced === undefined ? {} : { 'lab-replaced-version': replaced }),
  ...(tags.length === 0 ? {} : { 'lab-tags': encodeNames(tags) }),
  ...Object.fromEntries([...fields].map(([field, mark]) => [fieldTag(field), encodeField(mark)])),
});

/** The marks in the tags; other people's are passed over. */
export const decodeMarks = (tags: Tags): Marks => {
  const { 'lab-owner': owner, 'lab-version': version, 'lab-replaced-version': replaced, 'lab-tags': names = '' } = tags;
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(version === undefined ? {} : { version }),
    ...(replaced === undefined ? {} : { replaced }),
    fields: new Map(
      Object.entries(tags).flatMap(([name, text]): [string, FieldMark][] => {
        const field = fieldOf(name);
        return field === undefined ? [] : [[field, decodeField(text)]];
      }),
    ),
    tags: names === '' ? [] : names.split(' ').map(decodeName),
  };
};

/** The tags without lab's own and without those that AWS sets itself. */
export const foreignTags = (tags: Tags): Tags =>
  Object.fromEntries(
    Object.entries(tags).filter(
      ([name, text]) => !name.startsWith(prefix) && !name.startsWith('aws:') && !(name === managedBy && text === 'lab'),
    ),
  );

/** The names of the tags that are lab's marks. */
export const markTags = (tags: Tags): readonly string[] => {
  const others = foreignTags(tags);
  return Object.keys(tags).filter((name) => !(name in others) && !name.startsWith('aws:'));
};

/** The tag for a property's fingerprint; '' is a value as a whole. */
export const fieldTag = (field: string): string =>
  field === '' ? fingerprintTag : `${fingerprintTag}.${encodeName(field)}`;

/** Names of tags in one text. */
export const encodeNames = (names: readonly string[]): string => names.map(encodeName).join(' ');

/**
 * Whether marks speak of the current version: `written`: lab wrote it. moved: somebody else wrote after lab.
 * announced: lab was about to write and did not. unknown: nothing of lab's is on it.
 */
export const standing = (
  marks: Marks,
  { current, stages }: SecretState,
): 'written' | 'announced' | 'moved' | 'unknown' => {
  if (marks.version === undefined) return 'unknown';
  if (current === marks.version) return 'written';
  // AWS leaves AWSPREVIOUS on what was current: so somebody put an older version back.
  const wasCurrent = stages[marks.version]?.includes('AWSPREVIOUS') === true;
  return current === marks.replaced && !wasCurrent ? 'announced' : 'moved';
};

/** What can be told of a value from its mark. */
export const seenThrough = (marks: Marks, state: SecretState, field: string): LiveSecret => {
  const mark = marks.fields.get(field);
  if (mark?.is !== 'written') return liveSecret({});
  const { fingerprint } = mark;
  switch (standing(marks, state)) {
    case 'written':
      return liveSecret({ fingerprint, moved: mark.moved });
    case 'announced':
      // Nobody else is to blame, and it must be written (again): a fingerprint of the same key that fits no value.
      return liveSecret({
        fingerprint: fingerprint.replace(/[^:]+$/, (mac) => '0'.repeat(mac.length)),
        moved: mark.moved,
      });
    case 'moved':
      return liveSecret({ fingerprint, moved: true });
    case 'unknown':
      return liveSecret({});
  }
};

const encodeField = (mark: FieldMark): string =>
  mark.is === 'written' ? `${mark.moved ? 'moved ' : ''}${mark.fingerprint}` : mark.is;

const decodeField = (text: string): FieldMark => {
  if (text === 'kept' || text === 'gone') return { is: text };
  return { is: 'written', fingerprint: text.replace(/^moved /, ''), moved: text.startsWith('moved ') };
};

const fieldOf = (tag: string): string | undefined => {
  if (tag === fingerprintTag) return '';
  return tag.startsWith(`${fingerprintTag}.`) ? decodeName(tag.slice(fingerprintTag.length + 1)) : undefined;
};

// Tags take no quotes, brackets and the like; `=` and two hex digits stand for a byte, as in quoted-printable mail.
const encodeName = (name: string): string =>
  [...Buffer.from(name)]
    .map((byte) => String.fromCharCode(byte))
    .map((character) => (/[A-Za-z0-9._:/@+-]/.test(character) ? character : escapeByte(character)))
    .join('');

const escapeByte = (character: string): string =>
  `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

const decodeName = (text: string): string =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
