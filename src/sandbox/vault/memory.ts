import type { RootAttempt } from './generate-root.ts';
import { forget, type Unsealing } from './health.ts';
import type { Rekeying } from './rekey.ts';

/** What a Vault keeps in memory alone: what shares were given for, and have not come to an end. */
export interface Memory {
  readonly unsealing: Unsealing;
  readonly rekeying: Rekeying;
  readonly attempt: RootAttempt;
}

export const emptyMemory = (): Memory => ({
  unsealing: { nonce: '', given: new Set() },
  rekeying: { now: undefined },
  attempt: { now: undefined },
});

/** As after a restart. */
export const forgetAll = ({ unsealing, rekeying, attempt }: Memory): void => {
  forget(unsealing);
  rekeying.now = undefined;
  attempt.now = undefined;
};
