import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Letter, Mailbox } from '../../../engine/ports.ts';
import { LabError } from '../../../errors.ts';
import { reveal, type Secret, secret } from '../../../secrets/secret.ts';
import type { Folder } from '../folder.ts';

/** What lab put into the file, by its digest: the last one, and the one before it, which may still lie there. */
const letters = z.array(z.object({ digest: z.string(), id: z.string(), mark: z.string().optional() }));

type Known = z.output<typeof letters>[number];

// Random values of 100 bits and more lie here: nobody finds them by their digest.
const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** The file beside it that says what lab put into it. */
const beside = (path: string): string => `${path}.lab.json`;

/**
 * A file of the manifest's folder as a mailbox, which only its user can read. What is about to lie there is written down
 * first, in the file beside it; so whatever is found after a crash, one of the two last letters is what it is.
 */
export const openFileMailbox = (files: Folder, path: string): Mailbox => {
  const value = async (): Promise<Secret | undefined> => {
    const text = await files.read(path);
    return text === undefined ? undefined : secret(text);
  };

  const see = async (): Promise<{ readonly letter: Letter; readonly known: readonly Known[] } | undefined> => {
    const there = await value();
    if (there === undefined) return undefined;
    const written = parse(await files.read(beside(path)));
    const known = written.filter(({ digest }) => digest === digestOf(reveal(there)));
    const letter = known.at(-1) ?? written.at(-1);
    return { letter: { moved: known.length === 0, ...labelOf(letter) }, known };
  };

  return {
    where: async () => `file/${path}`,
    look: async () => (await see())?.letter,
    put: async (put, { id, mark }) => {
      const seen = await see();
      if (seen !== undefined && seen.letter.id === undefined) {
        throw new LabError('CONFLICT', `the file ${path} is there, and lab did not put there what it holds`, {
          next: 'Name another file for it, or move that one away.',
        });
      }
      const next = { digest: digestOf(reveal(put)), id, ...(mark === undefined ? {} : { mark }) };
      await files.replace(beside(path), secret(JSON.stringify([...(seen?.known ?? []), next])));
      await files.replace(path, put);
    },
    value,
    remove: async () => {
      if ((await see())?.letter.id === undefined) return;
      await files.remove(path);
      await files.remove(beside(path));
    },
  };
};

const labelOf = (letter: Known | undefined): Pick<Letter, 'id' | 'mark'> =>
  letter === undefined ? {} : { id: letter.id, ...(letter.mark === undefined ? {} : { mark: letter.mark }) };

const parse = (text: string | undefined): readonly Known[] => {
  try {
    return letters.parse(JSON.parse(text ?? '[]'));
  } catch {
    // Somebody else's hand: then nothing says what lies there.
    return [];
  }
};
