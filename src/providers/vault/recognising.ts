import type { Recognised } from '../../engine/recognised.ts';
import { LabError } from '../../errors.ts';
import type { VaultCalls } from './client.ts';

/** Vault's words for fields of a kind, by lab's; those that every version knows may be left out. */
export type Words = Readonly<Record<string, string>>;

/** The fields of a spec in Vault's words; what is not set is not sent. */
export const inWords = (words: Words, spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(words).flatMap(([field, word]) => (spec[field] === undefined ? [] : [[word, spec[field]]])),
  );

/** A kind's `recognises`: its fields held against what the server's own description lists for the path that they are written to. */
export const recognising =
  (pathOf: (id: readonly string[]) => readonly string[], words: Words) =>
  async (
    client: Pick<VaultCalls, 'description'>,
    id: readonly string[],
    fields: readonly string[],
  ): Promise<Recognised> => {
    const path = pathOf(id).join('/');
    try {
      const description = await client.description();
      const { server } = description;
      const known = description.wordsOf(path);
      if (known === undefined) return { is: 'untold', because: `${server} does not describe ${path} to this login` };
      const unknown = fields.filter((field) => {
        const word = words[field];
        return known !== 'any' && word !== undefined && !known.has(word);
      });
      return unknown.length === 0 ? { is: 'known' } : { is: 'unknown', fields: unknown, by: server };
    } catch (error) {
      if (!(error instanceof LabError) || error.code === 'CANCELLED') throw error;
      return { is: 'untold', because: error.message };
    }
  };
