import { LabError } from '../../../errors.ts';
import type { Bootstrap } from './bootstrap.ts';
import type { InitConfig } from './init-config.ts';
import type { RekeyStatus } from './rekey-api.ts';

// How a rekey stops, each with what to do.

/** Somebody else hands out new shares. */
export const underWay = ({ address }: InitConfig, { nonce, progress, required }: RekeyStatus): LabError =>
  new LabError(
    'GUARD',
    `somebody else is handing out new shares of the Vault at ${address}: rekey ${nonce}, ${progress} of ${required} shares given`,
    {
      next: `Ask them, and wait; lab touches none but its own. To end theirs: VAULT_ADDR=${address} vault operator rekey -cancel -nonce=${nonce}`,
    },
  );

const flags = { now: '', 'the new ones': '', proof: ' -verify' } as const;

/** The rest is with people. They give theirs first, because whoever gives the last is answered. */
export const tooFewGiven = (
  { config }: Bootstrap,
  nonce: string,
  missing: number,
  which: keyof typeof flags,
): LabError => {
  const target = config.seal === 'auto' ? ' -target=recovery' : '';
  const shares = which === 'now' ? 'the shares that count now' : 'the new shares';
  return new LabError(
    'NOT_SETTLED',
    `the stores of the escrow keep too few of ${shares}: ${missing} more from people are needed`,
    {
      next: `They give theirs first, with: VAULT_ADDR=${config.address} vault operator rekey${target}${flags[which]} -nonce=${nonce}. Then run this again; Vault forgets them when it is restarted.`,
    },
  );
};

/** Those that count by the escrow's record. */
export const oldSharesWrong = ({ config }: Bootstrap, because: string): LabError =>
  new LabError('GUARD', `the escrowed shares are not those of the Vault at ${config.address}: ${because}`, {
    next: 'Nothing was changed. Somebody else may have handed out new ones, or people gave wrong ones just before; who holds the right ones?',
  });

/** What opens snapshots of before may be all that is left. */
export const sharesMissing = ({ name, shares }: { readonly name: string; readonly shares: number }, found: number) =>
  new LabError('GUARD', `${name} keeps ${found} of the ${shares} shares that it was given`, {
    next: 'Nothing was deleted. Hand out new shares first: lab vault rekey',
  });

/** Those that Vault gave out just before. */
export const newSharesWrong = ({ config }: Bootstrap, because: string): LabError =>
  new LabError('GUARD', `the new shares are not those that Vault at ${config.address} gave out: ${because}`, {
    next: 'The shares of before still open it, and are where they were. If people gave theirs, one of them may have been an old one. Run this again.',
  });

/** The manifest was changed while a rekey was cut off. */
export const custodiansMoved = ({ config }: Bootstrap, asked: readonly string[]): LabError =>
  new LabError(
    'GUARD',
    `a rekey for other custodians was cut off: ${asked.join(', ')}, and the manifest says ${config.custodians.map(({ name, shares }) => `${shares} × ${name}`).join(', ')}`,
    { next: 'Set vault.init.custodians back to those, run this again, and then once more with the new ones.' },
  );
