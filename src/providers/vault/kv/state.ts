import { z } from 'zod';
import { LabError } from '../../../errors.ts';
import { type Secret, secret } from '../../../secrets/secret.ts';
import type { VaultClient } from '../client.ts';
import type { CustomMetadata, Marks } from './marks.ts';

/** Where a secret is. */
export interface KvPlace {
  readonly mount: string;
  readonly path: string;
}

/** What the metadata of a secret tells. */
export interface KvState {
  /** absent: not even metadata. empty: no version, or a destroyed one. deleted: one that can be restored. */
  readonly is: 'absent' | 'empty' | 'deleted' | 'live';
  /** The current version, which `cas` must name; 0 where there never was one. */
  readonly version: number;
  readonly metadata: CustomMetadata;
}

const answer = z.object({
  current_version: z.number(),
  custom_metadata: z.record(z.string(), z.string()).nullish(),
  versions: z.record(z.string(), z.object({ deletion_time: z.string(), destroyed: z.boolean() })),
});

/** Reads the metadata of a secret, which holds none of its values. */
export const kvState = async (client: VaultClient, place: KvPlace): Promise<KvState> => {
  const live = await client.read([place.mount, 'metadata', place.path], answer);
  if (live === undefined) return { is: 'absent', version: 0, metadata: {} };
  const version = live.current_version;
  const current = live.versions[version];
  const found = { version, metadata: live.custom_metadata ?? {} };
  if (current === undefined || current.destroyed) return { is: 'empty', ...found };
  const deleted = current.deletion_time !== '' && (await isOver(client, place, current.deletion_time));
  return { is: deleted ? 'deleted' : 'live', ...found };
};

/** The keys of the current version. Who may not see them is told those that lab wrote. */
export const liveKeys = async (client: VaultClient, place: KvPlace, marks: Marks): Promise<string[]> =>
  (await unlessDenied(readKeys(client, place), () => [...marks.keys.keys()])) ?? [];

/** All keys of the current version, other people's too. Throws DENIED for who may not see them. */
export const everyKey = async (client: VaultClient, place: KvPlace): Promise<string[]> =>
  (await readKeys(client, place)) ?? [];

// `deleteVersionAfter` sets the time in advance. The server knows whether it has come; our clock is second best.
const isOver = async (client: VaultClient, place: KvPlace, time: string): Promise<boolean> =>
  (await unlessDenied(readKeys(client, place), () => (Date.parse(time) <= Date.now() ? undefined : []))) === undefined;

const subkeys = z.object({ subkeys: z.record(z.string(), z.unknown()) });

/** The keys; undefined if there is no version to see. */
const readKeys = async (client: VaultClient, { mount, path }: KvPlace): Promise<string[] | undefined> => {
  const found = await client.read([mount, 'subkeys', path], subkeys);
  return found === undefined ? undefined : Object.keys(found.subkeys);
};

const current = z.object({ data: z.record(z.string(), z.string().transform(secret)) });

/** The value of one key of the current version; undefined if there is none. */
export const keyValue = async (client: VaultClient, place: KvPlace, key: string): Promise<Secret | undefined> => {
  const found = await client.read([place.mount, 'data', place.path], current);
  return found !== undefined && Object.hasOwn(found.data, key) ? found.data[key] : undefined;
};

const unlessDenied = async (
  keys: Promise<string[] | undefined>,
  denied: () => string[] | undefined,
): Promise<string[] | undefined> => {
  try {
    return await keys;
  } catch (error) {
    if (error instanceof LabError && error.code === 'DENIED') return denied();
    throw error;
  }
};
