import { z } from 'zod';
import { LabError } from '../../errors.ts';
import type { VaultClient } from './client.ts';
import type { CustomMetadata, Marks } from './kv-marks.ts';

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
export const kvState = async (client: VaultClient, { mount, path }: KvPlace): Promise<KvState> => {
  const live = await client.read([mount, 'metadata', path], answer);
  if (live === undefined) return { is: 'absent', version: 0, metadata: {} };
  const version = live.current_version;
  const current = live.versions[version];
  const found = { version, metadata: live.custom_metadata ?? {} };
  if (current === undefined || current.destroyed) return { is: 'empty', ...found };
  // A time in the future is when `deleteVersionAfter` will delete it.
  const deleted = current.deletion_time !== '' && Date.parse(current.deletion_time) <= Date.now();
  return { is: deleted ? 'deleted' : 'live', ...found };
};

const subkeys = z.object({ subkeys: z.record(z.string(), z.unknown()).nullable() });

/** The keys of the current version. Who may not see them is told those that lab wrote. */
export const liveKeys = async (client: VaultClient, { mount, path }: KvPlace, marks: Marks): Promise<string[]> => {
  try {
    const found = await client.read([mount, 'subkeys', path], subkeys);
    return Object.keys(found?.subkeys ?? {});
  } catch (error) {
    if (error instanceof LabError && error.code === 'DENIED') return [...marks.keys.keys()];
    throw error;
  }
};
