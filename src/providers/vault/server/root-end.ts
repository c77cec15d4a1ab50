import { entryText, parseRootEnd, type RootEnd } from './escrow-entries.ts';
import { type InitConfig, type Place, storesOf } from './init-config.ts';
import type { Places } from './places.ts';

const nameIn = ({ prefix }: InitConfig): string => `${prefix}-root`;

/** How the root token of init ended, as a store has it; undefined if it has nothing of it. */
export const rootEndAt = async (config: InitConfig, places: Places, place: Place): Promise<RootEnd | undefined> => {
  const [kept] = await places.read(place, nameIn(config));
  return kept === undefined ? undefined : parseRootEnd(kept);
};

/** Keeps it in every store. Root ends once: what an earlier run or try has kept is what counts. */
export const keepRootEnd = async (config: InitConfig, places: Places, end: RootEnd): Promise<void> => {
  let text = entryText(end);
  for (const store of storesOf(config)) text = await places.offer(store, nameIn(config), text);
};
