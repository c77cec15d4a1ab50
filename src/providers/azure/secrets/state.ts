import { type LiveSecret, liveSecret } from '../../../engine/value.ts';
import { LabError } from '../../../errors.ts';
import { decodeMarks, type Stamp, sameTags } from './tags.ts';
import type { Deleted, VaultSecrets, Version } from './vault-secrets.ts';

/** What a vault has of a secret. */
export type SecretState =
  /** `older`: the newest first. */
  | { readonly is: 'live'; readonly current: Version; readonly older: readonly Version[] }
  | { readonly is: 'deleted'; readonly deleted: Deleted }
  | { readonly is: 'absent' }
  /** Not there for readers; lab may not see whether it is among the deleted ones. */
  | { readonly is: 'hidden' }
  /** Written twice in one second, and just now again. */
  | { readonly is: 'undecided' };

/** Reads everything that is known of a secret without its value. */
export const readState = async (secrets: VaultSecrets, name: string): Promise<SecretState> => {
  const versions = (await secrets.versions(name)).toSorted((left, right) => right.created - left.created);
  const [newest] = versions;
  if (newest === undefined) return readDeleted(secrets, name);
  const tied = versions.filter(({ created }) => created === newest.created);
  const current = tied.length === 1 ? newest : await decide(secrets, name, tied);
  if (current === undefined) return { is: 'undecided' };
  return { is: 'live', current, older: versions.filter(({ id }) => id !== current.id) };
};

/**
 * The list has no order, and its times are whole seconds. The list of the whole vault knows of the current version all but
 * its id; getting the secret would tell that, too, but would answer its value.
 */
const decide = async (secrets: VaultSecrets, name: string, tied: readonly Version[]): Promise<Version | undefined> => {
  const current = await secrets.current(name);
  return tied.find(
    ({ contentType, enabled, tags, updated }) =>
      contentType === current?.contentType &&
      enabled === current.enabled &&
      updated === current.updated &&
      sameTags(tags, current.tags),
  );
};

const readDeleted = async (secrets: VaultSecrets, name: string): Promise<SecretState> => {
  try {
    const deleted = await secrets.deleted(name);
    return deleted === undefined ? { is: 'absent' } : { is: 'deleted', deleted };
  } catch (error) {
    if (error instanceof LabError && error.code === 'DENIED') return { is: 'hidden' };
    throw error;
  }
};

type LiveState = Extract<SecretState, { is: 'live' }>;

/** The owner named by the newest version that names one: a stranger's new version does not change whose secret it is. */
export const ownerOf = ({ current, older }: LiveState): string | undefined =>
  [current, ...older].map(({ tags }) => decodeMarks(tags).owner).find((owner) => owner !== undefined);

/**
 * What can be told of the current value. Each of lab's writes carries a stamp of its own: where the current version has
 * none, or one that an older version has too because somebody copied the tags, somebody else wrote the value.
 */
export const seenValue = ({ current, older }: LiveState): LiveSecret => {
  const own = decodeMarks(current.tags).stamp;
  if (own !== undefined) {
    const moved = older.some(({ tags }) => decodeMarks(tags).stamp?.write === own.write);
    return liveSecret({ fingerprint: own.fingerprint, moved });
  }
  const last = older.map(({ tags }) => decodeMarks(tags).stamp).find((stamp): stamp is Stamp => stamp !== undefined);
  return last === undefined ? liveSecret({}) : liveSecret({ fingerprint: last.fingerprint, moved: true });
};
