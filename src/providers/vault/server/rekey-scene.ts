import type { Bootstrap } from './bootstrap.ts';
import type { Chain, RecordedChain } from './escrow.ts';
import type { Remark } from './unseal.ts';

/** What a rekey works with. */
export interface RekeyScene {
  readonly bootstrap: Bootstrap;
  readonly chain: RecordedChain;
  /** The copies of shares that do not count any more go, and with them what alone opens snapshots of their time. */
  readonly deleteOld: boolean;
  readonly remark: Remark;
}

/** Whether a rekey ended in new shares that count, and had not cleared away yet: its answer goes last. */
export const isCutOffAtEnd = async ({ current }: Chain): Promise<boolean> =>
  current.number > 1 && (await current.answer()) !== undefined;
