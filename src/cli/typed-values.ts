import type { SecretDesk } from '../engine/world.ts';
import { type Secret, secret } from '../secrets/secret.ts';

/** What asking takes. */
export interface Asking {
  /** One line that the terminal does not show; absent where nobody can be asked. */
  readonly prompt: ((question: string) => Promise<Buffer | undefined>) | undefined;
  /** Is told every value that is typed. */
  readonly learn: (value: Secret) => void;
}

/** A desk that asks at the terminal for what is to be typed: once in a run for the same question. */
export const askingDesk = <Desk extends SecretDesk>(desk: Desk, { prompt, learn }: Asking): Desk => {
  const asked = new Map<string, Promise<Secret | undefined>>();

  const ask = async (text: string): Promise<Secret | undefined> => {
    const line = await prompt?.(`${text} (not shown; nothing to stop): `);
    if (line === undefined || line.length === 0) return undefined;
    const value = secret(line.toString());
    line.fill(0);
    learn(value);
    return value;
  };

  return {
    ...desk,
    resolve: async (sourced) => {
      const { source } = sourced;
      if (source.from !== 'prompt') return desk.resolve(sourced);
      const answer = asked.get(source.text) ?? ask(source.text);
      asked.set(source.text, answer);
      return answer;
    },
  };
};
