import { LabError } from '../../../errors.ts';
import type { VaultClient } from '../client.ts';
import { names } from '../listed.ts';

/** How many leases there are below a path; undefined for who may not list them. */
export const countLeases = async (client: VaultClient, path: readonly string[]): Promise<number | undefined> => {
  try {
    return await countBelow(client, path);
  } catch (error) {
    if (error instanceof LabError && error.code === 'DENIED') return undefined;
    throw error;
  }
};

const countBelow = async (client: VaultClient, path: readonly string[]): Promise<number> => {
  const { keys } = (await client.list(['sys', 'leases', 'lookup', ...path], names)) ?? { keys: [] };
  const folders = keys.filter((key) => key.endsWith('/'));
  const inside = await Promise.all(folders.map((key) => countBelow(client, [...path, key.slice(0, -1)])));
  return keys.length - folders.length + inside.reduce((sum, count) => sum + count, 0);
};

/** Ends every lease below a path, so that nothing is left behind in the system that the leases are about. */
export const endLeases = async (client: VaultClient, path: readonly string[]): Promise<void> => {
  try {
    await client.revokeBelow(path);
  } catch (error) {
    if (!(error instanceof LabError) || error.code === 'DENIED') throw error;
    const prefix = path.join('/');
    throw new LabError(error.code, `The leases below ${prefix} cannot be ended: ${error.message}`, {
      next: `Is the system behind it up? If it is gone for good: vault lease revoke -force -prefix ${prefix}`,
    });
  }
};
