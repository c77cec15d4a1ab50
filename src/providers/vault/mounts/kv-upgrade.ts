import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import type { Live, Settled } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import type { VaultClient } from '../client.ts';

// A KV engine of version 1 can be made one of version 2, in which every secret is its own first version. Vault converts
// them in the background and answers nothing about them meanwhile.

/** Throws REJECTED for a mount of version 2 of which version 1 is asked. */
export const refuseDowngrade = (path: string, live: Live): void => {
  if (live.exists !== 'yes' || live.spec['type'] !== 'kv-v2') return;
  throw new LabError('REJECTED', `${path} is a KV engine of version 2, and Vault does not go back to version 1`, {
    next: `Write type: kv-v2, or mount version 1 at another path.`,
  });
};

/** Whether Vault has converted what the mount holds. It goes on with that whether lab waits or not. */
export const conversion = async (client: VaultClient, path: string): Promise<Settled> => {
  try {
    await client.read([path, 'config'], z.unknown());
    return { state: 'done' };
  } catch (error) {
    if (!isConverting(error)) throw error;
    return { state: 'waiting', because: `Vault converts ${path} to version 2` };
  }
};

/** An answer out of a mount. While Vault converts it there is none: the error says after which resource there will be. */
export const onceConverted = async <Answer>(path: string, asked: Promise<Answer>): Promise<Answer> => {
  try {
    return await asked;
  } catch (error) {
    if (!isConverting(error)) throw error;
    throw new LabError(error.code, error.message, { ...error.detail, until: address('vault.mount', path) });
  }
};

const isConverting = (error: unknown): error is LabError => error instanceof LabError && error.code === 'NOT_SETTLED';
