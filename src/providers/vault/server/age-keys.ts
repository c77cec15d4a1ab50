import { LabError } from '../../../errors.ts';
import { reveal, type Secret, secret } from '../../../secrets/secret.ts';
import { decryptBy, encryptTo, identitiesIn } from './age.ts';
import { entryText, parseAgeKey } from './escrow-entries.ts';
import { readIfThere } from './escrow-files.ts';
import type { AgeCustodian } from './init-config.ts';
import { makeKeyPair, type PublicKey } from './pgp.ts';

/** The key pairs of custodians whose private half is encrypted for an age recipient, and who can open them in this run. */
export interface AgeKeys {
  /** A new pair as an entry of the escrow: its public half, and the private one for the recipient alone. This run has it until it ends. */
  make(recipient: string, owner: string): Promise<Secret>;
  publicHalf(entry: Secret): PublicKey;
  /** undefined if it was made by another run, and no identity at hand opens it. */
  privateHalf(entry: Secret): Promise<Secret | undefined>;
}

/** `identityFile`: where the identities of who runs lab are, if they named one. It is read when it is first needed. */
export const openAgeKeys = (identityFile: string | undefined): AgeKeys => {
  const atHand = new Map<string, Secret>();
  let read: Promise<readonly Secret[]> | undefined;
  const identities = (): Promise<readonly Secret[]> => {
    read ??= identityFile === undefined ? Promise.resolve([]) : identitiesOf(identityFile);
    return read;
  };
  const open = async (armored: string): Promise<Buffer | undefined> => {
    const known = await identities();
    return known.length === 0 ? undefined : decryptBy(armored, known);
  };
  return {
    make: async (recipient, owner) => {
      const { publicKey, privateKey } = await makeKeyPair(owner);
      const sealed = await encryptTo(recipient, Buffer.from(reveal(privateKey)));
      atHand.set(sealed, privateKey);
      return entryText({ formatVersion: 1, publicKey, privateKey: sealed });
    },
    publicHalf: (entry) => parseAgeKey(entry).publicKey,
    privateHalf: async (entry) => {
      const { privateKey } = parseAgeKey(entry);
      const known = atHand.get(privateKey);
      if (known !== undefined) return known;
      const opened = await open(privateKey);
      if (opened === undefined) return undefined;
      const half = secret(opened.toString('utf8'));
      opened.fill(0);
      atHand.set(privateKey, half);
      return half;
    },
  };
};

const identitiesOf = async (file: string): Promise<readonly Secret[]> => {
  const text = await readIfThere(file);
  const found = text === undefined ? [] : identitiesIn(text);
  if (found.length > 0) return found;
  const because = text === undefined ? 'is not there' : 'holds no identity of age';
  throw new LabError('MISSING_SOURCE', `${file}, which LAB_AGE_IDENTITY names, ${because}`, {
    next: 'lab reads identities as age-keygen writes them, AGE-SECRET-KEY-1…, not encrypted by a passphrase.',
  });
};

/** What only the recipient's identity opens. */
export const identityMissing = ({ name, recipient }: Pick<AgeCustodian, 'name' | 'recipient'>): LabError =>
  new LabError('MISSING_SOURCE', `what ${name} keeps is encrypted for ${recipient}, whose identity is not at hand`, {
    next: 'Name the file that it is in: LAB_AGE_IDENTITY=FILE lab …',
  });
