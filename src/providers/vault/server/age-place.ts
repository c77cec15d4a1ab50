import { rm } from 'node:fs/promises';
import type { Keeper } from '../../../engine/ports.ts';
import { createPrivateFile, makePrivateFolder } from '../../../secrets/private-file.ts';
import { reveal } from '../../../secrets/secret.ts';
import { readIfThere } from './escrow-files.ts';
import type { AgeCustodian } from './init-config.ts';

/** The entries of a custodian whose place is a file: each a file beside it, `escrow.age.key`, `escrow.age.record-2`. */
export const fileKeeper = ({ place, recipient }: Pick<AgeCustodian, 'place' | 'recipient'>, prefix: string): Keeper => {
  const fileOf = (name: string): string => `${place}.${name.slice(prefix.length + 1)}`;
  return {
    describe: async () => `${place}, for ${recipient}`,
    read: async (name) => {
      const text = await readIfThere(fileOf(name));
      return text === undefined ? [] : [text];
    },
    create: async (name, value) => {
      await makePrivateFolder(place);
      return createPrivateFile(fileOf(name), reveal(value));
    },
    remove: (name) => rm(fileOf(name), { force: true }),
    trespass: async () => ({ is: 'untried', because: 'it lies in a file of this machine' }),
  };
};
