import { LabError } from '../../../errors.ts';

/** A share as somebody typed it. */
export interface TypedShare {
  readonly typed: Buffer;
}

/** Asks for one line that is not shown; undefined if there is none. */
export type Prompt = (question: string) => Promise<Buffer | undefined>;

/** Which shares are asked for: those of one name are asked for once. */
export interface Asking {
  readonly of: string;
  /** `A share of Vault, from who holds it` */
  readonly text: string;
}

/** Shares that people type. What they typed is asked for once, and given to each server that needs it. */
export interface TypedShares {
  /** Whether there is a terminal. */
  readonly canAsk: boolean;
  /** Those of one attempt, asked for one by one as they are needed. Throws NOT_SETTLED where nobody can be asked. */
  of(attempt: number, asking?: Asking): AsyncGenerator<TypedShare>;
  /** Wipes what was typed. */
  wipe(): void;
}

const space = 32;

const toUnseal: Asking = { of: 'unseal', text: 'A share of Vault, from who holds it' };

const questionOf = ({ text }: Asking): string => `${text} (hex or base64, not shown; nothing to stop): `;

// In hex or base64, as Vault gives shares out; nothing else may come into the body of the request.
const isShare = (typed: Buffer): boolean => /^[0-9a-zA-Z+/_-]{16,}={0,2}$/.test(typed.toString('latin1'));

/** `prompt` is absent where there is no terminal. */
export const openTypedShares = (prompt: Prompt | undefined, address: string): TypedShares => {
  const asked = new Map<string, Promise<Buffer | undefined>>();
  const all: Buffer[] = [];
  let last: Promise<unknown> = Promise.resolve();

  const ask = async (before: Promise<unknown>, question: string): Promise<Buffer | undefined> => {
    // One question at a time, whoever asks.
    await before;
    if (prompt === undefined) throw nobodyToAsk(address);
    for (let text = question; ; text = `That is no share. ${question}`) {
      const line = await prompt(text);
      if (line === undefined || line.length === 0) return undefined;
      const typed = Buffer.from(line.filter((byte) => byte !== space));
      all.push(line, typed);
      if (isShare(typed)) return typed;
    }
  };

  return {
    canAsk: prompt !== undefined,
    of: async function* (attempt, asking = toUnseal) {
      for (let index = 0; ; index += 1) {
        const key = `${asking.of}/${attempt}/${index}`;
        const answer =
          asked.get(key) ??
          ask(
            last.catch(() => undefined),
            questionOf(asking),
          );
        asked.set(key, answer);
        last = answer;
        const share = await answer;
        if (share === undefined) return;
        yield { typed: Buffer.from(share) };
      }
    },
    wipe: () => {
      for (const typed of all) typed.fill(0);
    },
  };
};

const nobodyToAsk = (address: string): LabError =>
  new LabError(
    'NOT_SETTLED',
    `Vault at ${address} needs shares that people type, and there is no terminal to ask them at`,
    {
      next: `Run lab vault unseal in a terminal (without --json), or each of them gives theirs with: VAULT_ADDR=${address} vault operator unseal`,
    },
  );
