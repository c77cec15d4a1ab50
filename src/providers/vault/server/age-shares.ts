import { LabError } from '../../../errors.ts';
import { type Secret, secret } from '../../../secrets/secret.ts';
import { encryptTo } from './age.ts';
import { type AgeKeys, identityMissing } from './age-keys.ts';
import type { EncryptedShare } from './escrow-entries.ts';
import { keepFile, readIfThere } from './escrow-files.ts';
import type { AgeCustodian } from './init-config.ts';
import { decrypt } from './pgp.ts';
import type { Places } from './places.ts';

/**
 * The shares of a custodian, encrypted once more: for their age recipient, so that no program but age is needed to have
 * them. Encrypted anew they would be other bytes, so these are an entry of the escrow first, and the file is a copy of
 * that: who comes after a run that was cut off needs no identity to tell whether the file is theirs.
 */
export const keepAgeShares = async (
  custodian: AgeCustodian,
  given: {
    readonly file: string;
    readonly copies: readonly EncryptedShare[];
    /** What the entry is called. */
    readonly name: string;
    /** The entry of the key pair. */
    readonly key: Secret;
    readonly keys: AgeKeys;
    readonly places: Places;
  },
): Promise<void> => {
  const { file, copies, name, key, keys, places } = given;
  const [kept] = await places.read(custodian, name);
  if (kept !== undefined) return keepFile(file, kept);
  await refuseOtherFile(file);
  const half = await keys.privateHalf(key);
  if (half === undefined) throw identityMissing(custodian);
  const text = await sharesText(custodian, copies, half);
  try {
    const sealed = secret(await encryptTo(custodian.recipient, text));
    await keepFile(file, await places.offer(custodian, name, sealed));
  } finally {
    text.fill(0);
  }
};

/** Before anything is made that goes there: a file of that name is of another escrow. */
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
    next: 'Move it away by hand if it belongs to a Vault that is gone; then run this again.',
  });
