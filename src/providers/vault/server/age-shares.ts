import { LabError } from '../../../errors.ts';
import { type Secret, secret } from '../../../secrets/secret.ts';
import { encryptTo } from './age.ts';
import { type AgeKeys, identityMissing } from './age-keys.ts';
import type { EncryptedShare } from './escrow-entries.ts';
import { keepFile, readIfThere } from './escrow-files.ts';
import type { AgeCustodian } from './init-config.ts';
import { decrypt } from './pgp.ts';

/** The shares of a custodian, encrypted once more: for their age recipient, so that no program but age is needed to have them. */
export const keepAgeShares = async (
  custodian: AgeCustodian,
  given: {
    readonly file: string;
    readonly copies: readonly EncryptedShare[];
    readonly entry: Secret;
    readonly keys: AgeKeys;
  },
): Promise<void> => {
  const { file, copies, entry, keys } = given;
  const there = await readIfThere(file);
  const key = await keys.privateHalf(entry);
  // Who made the key saw to it that no file was there: this one is of a run that was cut off.
  if (key === undefined && there !== undefined) return;
  if (key === undefined) throw identityMissing(custodian);
  const text = await sharesText(custodian, copies, key);
  try {
    if (there === undefined) return await keepFile(file, secret(await encryptTo(custodian.recipient, text)));
    const opened = await keys.open(there);
    if (opened === undefined) return;
    const same = opened.equals(text);
    opened.fill(0);
    if (!same) throw otherThere(file);
  } finally {
    text.fill(0);
  }
};

/** Before keys are made: a file of that name is of another escrow. */
export const refuseOtherFile = async (file: string): Promise<void> => {
  if ((await readIfThere(file)) !== undefined) throw otherThere(file);
};

const sharesText = async ({ name }: AgeCustodian, copies: readonly EncryptedShare[], key: Secret): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for (const { number, message } of copies) {
    const share = await decrypt(message, [key]);
    if (share === undefined) throw new LabError('GUARD', `the key in ${name} does not open share ${number}`);
    parts.push(Buffer.from(`Share ${number}\n\n`), share, Buffer.from('\n\n'));
  }
  const text = Buffer.concat(parts);
  for (const part of parts) part.fill(0);
  return text;
};

const otherThere = (file: string): LabError =>
  new LabError('GUARD', `${file} is there already and is of another escrow, and an escrow is never overwritten`, {
    next: 'Move it away by hand if it belongs to a Vault that is gone.',
  });
