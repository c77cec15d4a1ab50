import { z } from 'zod';
import { parsePath } from '../../../engine/path.ts';
import { isOwnTag } from '../secrets/tags.ts';

// Tags of ARM's resources. A request sends all of them or none, so that whatever stays is sent along.

type Tags = Readonly<Record<string, string>>;

/** The field `tags` of a kind. */
export const tagsField = () =>
  z
    .record(z.string().min(1).max(512), z.union([z.string().max(256, 'is longer than 256 characters'), z.null()]))
    .optional()
    .describe('Only the named ones are managed; null: must be absent.');

/** Why these tags cannot be asked for, or undefined. */
export const wrongTags = (tags: Readonly<Record<string, string | null>> = {}): string | undefined => {
  const own = Object.keys(tags).find(isOwnTag);
  return own === undefined ? undefined : `tags.${own} cannot be set: lab keeps managed-by and lab-… for itself`;
};

/** What a write wants of the tags. */
export interface WantedTags {
  readonly spec: { readonly tags?: Readonly<Record<string, string | null>> | undefined };
  readonly mark?: string | undefined;
  readonly removed: readonly string[];
}

/** All tags that a resource is to have: other people's stay. */
export const tagsToSend = (live: Tags, { spec: { tags = {} }, mark, removed }: WantedTags): Record<string, string> => {
  const gone = new Set([
    ...Object.keys(tags).filter((name) => tags[name] === null),
    ...removed.flatMap((path) => {
      const [field, name] = parsePath(path);
      return field === 'tags' && name !== undefined ? [String(name)] : [];
    }),
  ]);
  const texts = Object.entries(tags).filter((entry): entry is [string, string] => entry[1] !== null);
  return {
    ...Object.fromEntries(Object.entries(live).filter(([name]) => !gone.has(name))),
    ...Object.fromEntries(texts),
    ...(mark === undefined ? {} : { 'managed-by': 'lab', 'lab-owner': mark }),
  };
};

/** What the tags say in the spec's words, and whose the resource is. */
export const seenTags = (tags: Tags): { tags: Tags; mark?: string } => {
  const { 'lab-owner': owner } = tags;
  const others = Object.fromEntries(Object.entries(tags).filter(([name]) => !isOwnTag(name)));
  return { tags: others, ...(owner === undefined ? {} : { mark: owner }) };
};

/** The tags without lab's marks. */
export const unmarked = (tags: Tags): Record<string, string> => ({ ...seenTags(tags).tags });
