import { beforeAll, describe } from 'vitest';
import type { OperatorUnderTest } from './bench.ts';
import { describeReading } from './reading.ts';
import { describeStores } from './stores.ts';
import { describeTargets } from './targets.ts';
import { describeVaultStore } from './vault-store.ts';

/** What lab relies on in the operator: stores, what they give, and the Secrets that come of it; for sandbox and original. */
export const describeExternalSecrets = (name: string, connect: () => Promise<OperatorUnderTest>): void => {
  describe(name, () => {
    let operator: OperatorUnderTest;
    beforeAll(async () => {
      operator = await connect();
    });
    describeStores(() => operator);
    describeReading(() => operator);
    describeTargets(() => operator);
    describeVaultStore(() => operator);
  });
};
