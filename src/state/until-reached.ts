import type { Diagnostic } from '../engine/change.ts';
import { LabError } from '../errors.ts';
import type { LockingStore } from './store.ts';

/** A state that belongs into a cluster which may not be there yet. */
export interface Meanwhile {
  /** Throws UNREACHABLE while the cluster does not answer, as each of its methods may. */
  readonly cluster: () => Promise<LockingStore>;
  /** Whether the cluster has answered in this run: then a silence is an outage. */
  readonly hasAnswered: () => boolean;
  /** Where it is kept as long as the cluster has never answered; what is in it is moved later. */
  readonly local: LockingStore;
  /** Whether this state was in the cluster before: then only the cluster can tell. */
  readonly hasMoved: () => Promise<boolean>;
  /** Whether what is kept locally is still there for the next run: not on a runner of CI. */
  readonly lasts: boolean;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** The cluster's state; a first apply to a cluster that does not answer yet begins a local one. */
export const untilReached = ({ cluster, local, hasAnswered, hasMoved, lasts, report }: Meanwhile): LockingStore => {
  let used = local;
  const otherwise = async <Result>(
    work: (store: LockingStore) => Promise<Result>,
    mayBeLocal: boolean,
    remark: string,
  ): Promise<Result> => {
    try {
      const store = await cluster();
      used = store;
      return await work(store);
    } catch (error) {
      const isAway = error instanceof LabError && error.code === 'UNREACHABLE' && !hasAnswered();
      if (!isAway || !mayBeLocal || (await hasMoved())) throw error;
      report({ severity: 'warning', code: 'STATE_LOCAL', message: `${error.message}; ${remark}` });
      used = local;
      return work(local);
    }
  };
  return {
    describe: () => used.describe(),
    load: () => otherwise((store) => store.load(), true, 'a state that lies there is not known'),
    open: (operation, installation) =>
      otherwise(
        (store) => store.open(operation, installation),
        operation === 'apply' && lasts,
        'the state is kept here, and moved there by the first run that reaches it',
      ),
    unlock: async (id) => {
      const here = await local.unlock(id).catch((error: unknown) => {
        // There it may be the one that is meant.
        if (error instanceof LabError && error.code === 'LOCKED') return undefined;
        throw error;
      });
      return here ?? (await cluster()).unlock(id);
    },
  };
};
