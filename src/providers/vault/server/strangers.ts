import type { Probe } from '../../../engine/resource.ts';
import type { Account } from '../../../engine/visitor.ts';
import { LabError } from '../../../errors.ts';
import type { Bootstrap } from './bootstrap.ts';
import { type StoreCustodian, storesOf } from './init-config.ts';

/** Whether each store refuses its shares to those that External Secrets logs in as: every one of them tries. */
export const proveKept = ({ config, escrow }: Pick<Bootstrap, 'config' | 'escrow'>): Promise<readonly Probe[]> =>
  Promise.all(
    storesOf(config).flatMap((custodian) =>
      ('strangers' in custodian ? (custodian.strangers ?? []) : []).map((account) =>
        proveOne(escrow, custodian, account),
      ),
    ),
  );

const proveOne = async (escrow: Bootstrap['escrow'], custodian: StoreCustodian, account: Account): Promise<Probe> => {
  const who = `${account.namespace}/${account.name}`;
  const check = `${custodian.name} keeps its shares from ${who}, as which External Secrets logs in`;
  try {
    const tried = await escrow.trespass(custodian, account);
    switch (tried.is) {
      case 'refused':
        return { is: 'proven', check };
      case 'allowed':
        return {
          is: 'failed',
          check,
          expected: '403',
          found: `${who} ${tried.found}`,
          next: `Take that right away, or give these shares to a store that ${who} cannot read: whoever makes an ExternalSecret could have them copied.`,
        };
      case 'untried':
        return { is: 'untried', check, because: tried.because };
    }
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { is: 'untried', check, because: error.message };
  }
};
