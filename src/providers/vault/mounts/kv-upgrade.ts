import { z } from 'zod';
import { pause } from '../../../engine/pause.ts';
import type { Live, WriteRequest } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import type { VaultClient } from '../client.ts';

// A KV engine of version 1 can be made one of version 2, in which every secret is its own first version. Vault converts
// them in the background and answers nothing about them meanwhile.

/** Whether a write makes version 2 of version 1. */
export const isUpgrade = ({ live, spec }: Pick<WriteRequest<{ readonly type: string }>, 'live' | 'spec'>): boolean =>
  live.exists === 'yes' && live.spec['type'] === 'kv' && spec.type === 'kv-v2';

/** Throws REJECTED for a mount of version 2 of which version 1 is asked. */
export const refuseDowngrade = (path: string, live: Live): void => {
  if (live.exists !== 'yes' || live.spec['type'] !== 'kv-v2') return;
  throw new LabError('REJECTED', `${path} is a KV engine of version 2, and Vault does not go back to version 1`, {
    next: `Write type: kv-v2, or mount version 1 at another path.`,
  });
};

const patienceMs = 10 * 60_000;
const pauseMs = 250;

/** Waits until Vault has converted what the mount holds. It goes on with that whether lab waits or not. */
export const untilUpgraded = async (
  client: VaultClient,
  path: string,
  waiting: (because: string) => void = () => {},
): Promise<void> => {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      await client.read([path, 'config'], z.unknown());
      return;
    } catch (error) {
      if (!(error instanceof LabError) || error.code !== 'NOT_SETTLED' || performance.now() > until) throw error;
      waiting(`Vault converts ${path} to version 2`);
      await pause(pauseMs, client.stopping);
    }
  }
};
