import type { SecretVersion, StoredSecret } from './content.ts';

// The vault's soft delete: every vault has it now, and 90 days are its default.
const recoverableDays = 90;
const recovery = { recoveryLevel: 'Recoverable+Purgeable', recoverableDays } as const;

const day = 24 * 60 * 60;

/** The newest version. */
export const latestOf = ({ versions }: StoredSecret): SecretVersion => {
  const latest = versions.at(-1);
  if (latest === undefined) throw new Error('a stored secret has no version');
  return latest;
};

const properties = ({ contentType, tags, attributes }: SecretVersion) => ({
  ...(contentType === undefined ? {} : { contentType }),
  attributes: { ...attributes, ...recovery },
  ...(tags === undefined ? {} : { tags }),
});

/** A version as `SecretBundle`, without its value. `origin` is `https://NAME.vault.azure.net`. */
export const bundle = (origin: string, { name }: StoredSecret, version: SecretVersion) => ({
  id: `${origin}/secrets/${name}/${version.id}`,
  ...properties(version),
});

/** The same with the value, as set and get answer it. */
export const bundleWithValue = (origin: string, secret: StoredSecret, version: SecretVersion) => ({
  value: version.value,
  ...bundle(origin, secret, version),
});

/** A secret as `SecretItem` of a list: the newest version's properties, and an id that names no version. */
export const item = (origin: string, secret: StoredSecret) => ({
  id: `${origin}/secrets/${secret.name}`,
  ...properties(latestOf(secret)),
});

/** What a deleted secret says besides; undefined for one that is not deleted. */
export const deletion = (origin: string, { name, life }: StoredSecret) =>
  life.is === 'deleted'
    ? {
        recoveryId: `${origin}/deletedsecrets/${name}`,
        deletedDate: life.deletedDate,
        scheduledPurgeDate: life.deletedDate + recoverableDays * day,
      }
    : undefined;
