import { join } from 'node:path';
import { LabError } from '../errors.ts';
import { type Lock, takeLock } from '../state/lock.ts';

/** One command at a time works on a sandbox. undefined: another one does just now. */
export const takeTurn = async (folder: string): Promise<Lock | undefined> => {
  try {
    return await takeLock(join(folder, 'systems.lock'), 'sandbox', () => {});
  } catch (error) {
    if (error instanceof LabError && error.code === 'LOCKED') return undefined;
    throw error;
  }
};
