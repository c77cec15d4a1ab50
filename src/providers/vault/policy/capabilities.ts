import { z } from 'zod';
import type { VaultCalls } from '../client.ts';

const answer = z.record(z.string(), z.unknown());

/** What a token may do, as Vault itself says. */
export interface Granted {
  /** Those of `wanted` that it may not do there. */
  lacking(path: string, wanted: readonly string[]): readonly string[];
}

/** Asks Vault what the token of these calls may do on paths. */
export const capabilitiesOn = async (calls: Pick<VaultCalls, 'lookUp'>, paths: readonly string[]): Promise<Granted> => {
  const granted = await calls.lookUp(['sys', 'capabilities-self'], { paths }, answer);
  return {
    lacking: (path, wanted) => {
      const held: readonly unknown[] = Array.isArray(granted[path]) ? granted[path] : [];
      return held.includes('root') ? [] : wanted.filter((capability) => !held.includes(capability));
    },
  };
};
