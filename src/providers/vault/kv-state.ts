import { z } from 'zod';
import { LabError } from '../../errors.ts';
import type { VaultClient } from './client.ts';
import type { CustomMetadata, Marks } from './kv-marks.ts';

/** What metadata tells of a secret. `version` is the current one, 0 where there never was any: what `cas` must be. */
export interface KvState {
  /** empty: nothing can be read or restored. deleted: the current version is deleted, and can be restored. */
  readonly is: 'empty' | 'deleted' | 'live';
  readonly version: number;
  /** undefined: not even metadata is there. */
  readonly metadata: CustomMetadata | undefined;
}

const answer = z.object({
  current_version: z.number(),
  custom_metadata: z.record(z.string(), z.string()).nullish(),
  versions: z.record(z.string(), z.object({ deletion_time: z.string(), destroyed: z.boolean() })),
});

/** Reads the metadata of a secret, which holds none of its values. */
export const kvState = async (client: VaultClient, mount: string, path: string): Promise<KvState> => {
  const live = await client.read([mount, 'metadata', path], answer);
  if (live === undefined) return { is: 'empty', version: 0, metadata: undefined };
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
export const liveKeys = async (client: VaultClient, mount: string, path: string, marks: Marks): Promise<string[]> => {
  try {
    const found = await client.read([mount, 'subkeys', path], subkeys);
    return Object.keys(found?.subkeys ?? {});
  } catch (error) {
    if (error instanceof LabError && error.code === 'DENIED') return Object.keys(marks.fingerprints);
    throw error;
  }
};
