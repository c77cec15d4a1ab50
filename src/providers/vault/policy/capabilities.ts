import { z } from 'zod';
import type { VaultCalls } from '../client.ts';

// Old answers repeat the list for one path as `capabilities`.
const answer = z.record(z.string(), z.array(z.string()).catch([]));

/** What a token may do, as Vault itself says. */
export interface Granted {
  /** Those of `wanted` that it may not do there. */
  lacking(path: string, wanted: readonly string[]): readonly string[];
  /** What it may do there: `deny` for nothing. */
  held(path: string): readonly string[];
}

/** Asks Vault what the token of these calls may do on paths. */
export const capabilitiesOn = async (calls: Pick<VaultCalls, 'lookUp'>, paths: readonly string[]): Promise<Granted> => {
  const granted = await calls.lookUp(['sys', 'capabilities-self'], { paths }, answer);
  const held = (path: string): readonly string[] => granted[path] ?? [];
  return {
    held,
    lacking: (path, wanted) =>
      held(path).includes('root') ? [] : wanted.filter((capability) => !held(path).includes(capability)),
  };
};
