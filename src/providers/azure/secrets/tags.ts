import type { Version } from './vault-secrets.ts';

// What lab leaves in the tags of a version: at most 15 of at most 256 characters each, shared with other people. They
// are sent with the value, so that both are there or neither.

/** The marks of one version. */
export interface Marks {
  /** `name/environment/installation` */
  readonly owner?: string;
  /** Of the value of this very version. */
  readonly stamp?: Stamp;
  /** Names of the tags that the manifest stated. */
  readonly stated: readonly string[];
}

/** Says which value lab wrote, and, by a number that is used once, in which version it did. */
export interface Stamp {
  readonly fingerprint: string;
  readonly write: string;
}

type Tags = Version['tags'];

const ours = {
  managedBy: 'managed-by',
  owner: 'lab-owner',
  fingerprint: 'lab-fingerprint',
  write: 'lab-write',
  stated: 'lab-tags',
} as const;

/** How many tags a version can have. */
export const mostTags = 15;

/** How many tags are lab's own at most. */
export const ownTags = Object.keys(ours).length;

/** Whether a tag's name is lab's own. Azure tells tag names apart by case, people do not. */
export const isOwnTag = (name: string): boolean =>
  name.toLowerCase() === ours.managedBy || name.toLowerCase().startsWith('lab-');

/** The marks among the tags of a version. */
export const decodeMarks = (tags: Tags): Marks => {
  const {
    [ours.owner]: owner,
    [ours.fingerprint]: fingerprint,
    [ours.write]: write,
    [ours.stated]: stated = '',
  } = tags;
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(fingerprint === undefined || write === undefined ? {} : { stamp: { fingerprint, write } }),
    stated: stated.split(',').filter((name) => name !== ''),
  };
};

/** Marks as tags. */
export const encodeMarks = ({ owner, stamp, stated }: Marks): Tags => ({
  ...(owner === undefined ? {} : { [ours.managedBy]: 'lab', [ours.owner]: owner }),
  ...(stamp === undefined ? {} : { [ours.fingerprint]: stamp.fingerprint, [ours.write]: stamp.write }),
  ...(stated.length === 0 ? {} : { [ours.stated]: stated.join(',') }),
});

/** Other people's tags: what is neither a mark nor was stated by the manifest. */
export const foreignTags = (tags: Tags): Tags => {
  const { stated } = decodeMarks(tags);
  return Object.fromEntries(
    Object.entries(tags).filter(([name]) => !Object.values<string>(ours).includes(name) && !stated.includes(name)),
  );
};

/** The tags that a manifest can see: those that it states now, and those that it stated when lab last wrote. */
export const visibleTags = (tags: Tags, stated: readonly string[]): Tags => {
  const names = new Set([...stated, ...decodeMarks(tags).stated]);
  return Object.fromEntries(Object.entries(tags).filter(([name]) => names.has(name)));
};

/** Whether two versions have the very same tags. */
export const sameTags = (left: Tags, right: Tags): boolean =>
  Object.keys(left).length === Object.keys(right).length &&
  Object.entries(left).every(([name, value]) => right[name] === value);
