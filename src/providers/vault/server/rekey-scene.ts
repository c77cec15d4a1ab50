import type { Bootstrap } from './bootstrap.ts';
import type { RecordedChain } from './escrow.ts';
import type { EscrowRecord } from './escrow-entries.ts';
import type { InitConfig } from './init-config.ts';
import type { Remark } from './unseal.ts';

/** What a rekey works with. */
export interface RekeyScene {
  readonly bootstrap: Bootstrap;
  readonly chain: RecordedChain;
  /** The copies of shares that do not count any more go, and with them what alone opens snapshots of their time. */
  readonly deleteOld: boolean;
  readonly remark: Remark;
}

/**
 * What is left to do: all of it; what an earlier run was cut off in, before its shares counted or after; or, where the
 * custodians of the manifest have theirs since an earlier rekey, only to delete the copies of before.
 */
export type RekeyStage = 'new' | 'cut off' | 'cut off at the end' | 'only old copies';

/** Tells it by what escrow and manifest say; there is no journal of a rekey. */
export const stageOf = async ({
  bootstrap: { config },
  chain: { current, next, past, record },
  deleteOld,
}: Omit<RekeyScene, 'remark'>): Promise<RekeyStage> => {
  // The answer goes last.
  if (current.number > 1 && (await current.answer()) !== undefined) return 'cut off at the end';
  if (await next.hasKeys()) return 'cut off';
  return deleteOld && past.length > 0 && isAsAsked(record, config) ? 'only old copies' : 'new';
};

const isAsAsked = ({ threshold, custodians }: EscrowRecord, config: InitConfig): boolean =>
  threshold === config.threshold &&
  custodians.map(({ name, digests }) => `${digests.length} × ${name}`).join() ===
    config.custodians.map(({ name, shares }) => `${shares} × ${name}`).join();
