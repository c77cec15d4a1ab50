import type { Data } from '../result.ts';

/** Who did what to a version. */
export interface Attribution {
  readonly actor: string;
  readonly operation: string;
  readonly client_id: string;
  readonly entity_id?: string;
}

/** One version of a secret. Times as they are answered. */
export interface Version {
  readonly createdTime: string;
  readonly createdBy: Attribution;
  /** '' = it is not deleted; may lie ahead. */
  deletionTime: string;
  deletedBy: Attribution | null;
  destroyed: boolean;
  /** undefined once it is destroyed. */
  data?: Data;
}

/** A secret: its settings and its versions by number. */
export interface KvSecret {
  readonly createdTime: string;
  updatedTime: string;
  currentVersion: number;
  /** 0 until the first version was dropped for being too old. */
  oldestVersion: number;
  maxVersions: number;
  casRequired: boolean;
  /** Seconds; 0 = never. */
  deleteVersionAfter: number;
  customMetadata: Readonly<Record<string, string>> | null;
  lastUpdatedBy: Attribution | null;
  readonly versions: Record<string, Version>;
}

/** What one KV version 2 mount holds. */
export interface KvStore {
  maxVersions: number;
  casRequired: boolean;
  /** Seconds; 0 = never, negative = not even if the secret says so. */
  deleteVersionAfter: number;
  readonly secrets: Record<string, KvSecret>;
}

/** A store as a new mount has it. */
export const emptyStore = (): KvStore => ({ maxVersions: 0, casRequired: false, deleteVersionAfter: 0, secrets: {} });

/** A secret without versions. */
export const emptySecret = (now: string): KvSecret => ({
  createdTime: now,
  updatedTime: now,
  currentVersion: 0,
  oldestVersion: 0,
  maxVersions: 0,
  casRequired: false,
  deleteVersionAfter: 0,
  customMetadata: null,
  lastUpdatedBy: null,
  versions: {},
});

/** Whether a version can no longer be read. */
export const isGone = ({ destroyed, deletionTime }: Version): boolean =>
  destroyed || (deletionTime !== '' && Date.parse(deletionTime) <= Date.now());

/** When a version that is made now is to be deleted; '' for never. The shorter of mount's and secret's times counts. */
export const deletionTimeFrom = (now: string, store: KvStore, secret: KvSecret): string => {
  if (store.deleteVersionAfter < 0) return '';
  const times = [store.deleteVersionAfter, secret.deleteVersionAfter].filter((seconds) => seconds > 0);
  return times.length === 0 ? '' : new Date(Date.parse(now) + Math.min(...times) * 1000).toISOString();
};

/** A version as every answer describes it. */
export const describeVersion = (secret: KvSecret, number: number, version: Version): Data => ({
  created_time: version.createdTime,
  custom_metadata: secret.customMetadata,
  deletion_time: version.deletionTime,
  destroyed: version.destroyed,
  version: number,
});
