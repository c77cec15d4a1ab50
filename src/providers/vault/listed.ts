import { z } from 'zod';
import type { Present } from '../../engine/resource.ts';
import { LabError } from '../../errors.ts';
import type { VaultClient } from './client.ts';

/** The names that a LIST answers. */
export const names = z.object({ keys: z.array(z.string()) });

/** A kind's `inventory` where its objects lie on mounts: the names on each mount that one of them is known on. */
export const listedOn =
  (listOf: (mount: string) => readonly string[]) =>
  async (client: VaultClient, known: readonly (readonly string[])[]): Promise<readonly Present[]> => {
    const lists = await Promise.all(
      mountsOf(known).map((mount) =>
        unlessDenied(async () => {
          const { keys = [] } = (await client.list(listOf(mount), names)) ?? {};
          return keys.map((name) => ({ id: [mount, name] }));
        }),
      ),
    );
    return lists.flat();
  };

/** Who may not list one mount still learns of the others. */
export const unlessDenied = async (list: () => Promise<readonly Present[]>): Promise<readonly Present[]> => {
  try {
    return await list();
  } catch (error) {
    if (error instanceof LabError && error.code === 'DENIED') return [];
    throw error;
  }
};

/** The mounts of identities that begin with theirs. */
export const mountsOf = (known: readonly (readonly string[])[]): readonly string[] => [
  ...new Set(known.map(([mount = '']) => mount)),
];
