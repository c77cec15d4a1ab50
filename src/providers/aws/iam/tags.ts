import { z } from 'zod';
import { parsePath } from '../../../engine/path.ts';
import { foreignTags, isOwnTag, markTags } from '../secrets/marks.ts';
import type { Tags } from '../tags.ts';

/** The field `tags` of a kind. */
export const tagsField = () =>
  z
    .record(z.string(), z.string().nullable())
    .optional()
    .describe('Tags; only the named ones are managed, null means absent');

/** Why these tags cannot be asked for, or undefined. */
export const wrongTags = (tags: Readonly<Record<string, string | null>> = {}): string | undefined => {
  const own = Object.keys(tags).find(isOwnTag);
  return own === undefined ? undefined : `the tag "${own}" is lab's own: take it out`;
};

/** What a write wants of the tags, those of lab's own in `more`. */
export interface WantedTags {
  readonly spec: { readonly tags?: Readonly<Record<string, string | null>> | undefined };
  readonly mark?: string | undefined;
  readonly removed: readonly string[];
}

/** All tags of a new object. */
export const newTags = ({ spec: { tags = {} }, mark }: WantedTags, more: Tags = {}): Tags => ({
  ...Object.fromEntries(Object.entries(tags).flatMap(([name, text]) => (text === null ? [] : [[name, text]]))),
  ...(mark === undefined ? {} : { 'managed-by': 'lab', 'lab-owner': mark }),
  ...more,
});

/** How one object's tags are changed. */
export interface TagCalls {
  tag(tags: Tags): Promise<void>;
  untag(names: readonly string[]): Promise<void>;
}

/** Brings the tags of an object that is there to what is wanted; no call where nothing differs. */
export const changeTags = async (live: Tags, wanted: WantedTags, calls: TagCalls, more: Tags = {}): Promise<void> => {
  const { tags = {} } = wanted.spec;
  const removed = wanted.removed.flatMap((path) => {
    const [field, name] = parsePath(path);
    if (field !== 'tags') return [];
    return name === undefined ? [] : [String(name)];
  });
  const gone = [...Object.keys(tags).filter((name) => tags[name] === null), ...removed].filter((name) => name in live);
  if (gone.length > 0) await calls.untag(gone);
  const different = Object.entries(newTags(wanted, more)).filter(([name, text]) => live[name] !== text);
  if (different.length > 0) await calls.tag(Object.fromEntries(different));
};

/** What the tags say in the spec's words, and whose the object is. */
export const seenTags = (tags: Tags): { tags: Tags; mark?: string } => {
  const owner = tags['lab-owner'];
  return { tags: foreignTags(tags), ...(owner === undefined ? {} : { mark: owner }) };
};

/** Takes lab's marks off, if there are any. */
export const unmark = async (tags: Tags = {}, untag: (names: readonly string[]) => Promise<void>): Promise<void> => {
  const ours = markTags(tags);
  if (ours.length > 0) await untag(ours);
};
