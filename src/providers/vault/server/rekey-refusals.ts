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

/** What shares are needed for: to be given new ones; to see whether the new ones count already; to prove these. */
export type Needed = keyof typeof flags;

/** The rest is with people. They give theirs first, because whoever gives the last is answered. */
export const tooFewGiven = ({ config }: Bootstrap, nonce: string, missing: number, which: Needed): LabError => {
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

/** Again and again. */
export const mistypedFor = ({ config }: Bootstrap, which: Needed): LabError =>
  new LabError(
    'GUARD',
    `what was typed are not ${which === 'now' ? 'the shares' : 'the new shares'} of the Vault at ${config.address}`,
    {
      next: 'The shares that counted before count still. Each custodian decrypts theirs anew; then run this again.',
    },
  );

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

/** Two runs at once: the escrow has the other one's. */
export const overtaken = ({ config }: Bootstrap): LabError =>
  new LabError('CONFLICT', `somebody else has handed out new shares of the Vault at ${config.address} meanwhile`, {
    next: 'Those of this run never came to count. Wait until theirs has ended; lab vault record shows what counts. Run this again if it was cut off, or for other ones.',
  });

/** Neither they nor those of before were seen to open it. */
export const newSharesUnclear = ({ config }: Bootstrap): LabError =>
  new LabError(
    'GUARD',
    `whether the new shares count in the Vault at ${config.address} cannot be told: it took neither them nor those of before`,
    {
      next: 'Nothing was set aside. If people gave theirs, one may have been an old one: run this again, and give those of the newest files. With unseal: prompt, at a terminal, lab asks for those of before as well.',
    },
  );

/** The manifest was changed while a rekey was cut off. */
export const custodiansMoved = ({ config }: Bootstrap, asked: readonly string[]): LabError =>
  new LabError(
    'GUARD',
    `a rekey for other custodians was cut off: ${asked.join(', ')}, and the manifest says ${config.custodians.map(({ name, shares }) => `${shares} × ${name}`).join(', ')}`,
    { next: 'Set vault.init.custodians back to those, run this again, and then once more with the new ones.' },
  );
