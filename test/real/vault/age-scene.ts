import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { armor, Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { type Scene, stage } from './scene.ts';

/** A scene whose custodians are others, one of whom opens theirs with an identity of age. */
export interface AgeScene extends Scene {
  readonly recipient: string;
  readonly withIdentity: { readonly LAB_AGE_IDENTITY: string };
  /** A file of the escrow. */
  readonly kept: (name: string) => Promise<string>;
  /** Shares in clear, as `age --decrypt` has them. */
  readonly sharesIn: (name: string) => Promise<string[]>;
}

/** Sets it up until the running test ends; `custodians` as the manifest has them. */
export const withAge = async (
  custodians: (recipient: string) => string,
  mode?: Parameters<typeof stage>[0],
): Promise<AgeScene> => {
  const scene: Scene = await stage(mode);
  const { here } = scene;
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const identityFile = join(here.folder, '../identity.txt');
  await writeFile(identityFile, `# public key: ${recipient}\n${identity}\n`);
  await here.edit((manifest) =>
    manifest.replace(/custodians: #[^]*?(?= {4}rootToken)/, `custodians: [${custodians(recipient)}]\n`),
  );
  await here.edit((manifest) =>
    manifest
      .replace(
        '    lab-apply: { computed: apply }\n',
        `    lab-apply: { computed: apply }
    lab-snapshot: { paths: { sys/storage/raft/snapshot: [read] } }\n`,
      )
      .replace('policies: [lab-apply]', 'policies: [lab-apply, lab-snapshot]'),
  );
  const kept = (name: string) => readFile(join(here.folder, 'escrow', name), 'utf8');
  return {
    ...scene,
    recipient,
    kept,
    withIdentity: { LAB_AGE_IDENTITY: identityFile },
    sharesIn: async (name) => {
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      const text = await decrypter.decrypt(armor.decode(await kept(name)), 'text');
      return [...text.matchAll(/^Share \d+\n\n(\S+)$/gm)].map(([, share = '']) => share);
    },
  };
};

/** One for all shares. */
export const alone = (recipient: string): string => `{ ageFile: escrow/keys.age, recipient: ${recipient}, shares: 5 }`;
