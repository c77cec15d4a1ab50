import type { Bootstrap } from './bootstrap.ts';
import type { Held } from './generation.ts';
import { countOf, giveHeld } from './holders.ts';
import type { Enough, Given } from './rekey-api.ts';
import { mistypedFor, type Needed, tooFewGiven } from './rekey-refusals.ts';
import type { Asking } from './typed-shares.ts';
import type { Remark } from './unseal.ts';

/** Where Vault stands with a rekey. It forgets all shares, where they turn out to be wrong. */
export interface Round {
  readonly nonce: string;
  /** Shares that were given, of how many it takes. */
  readonly progress: number;
  readonly required: number;
}

/** What shares are to be given for, and from where they come. */
export interface Giving {
  readonly which: Needed;
  readonly held: readonly Held[];
  /** Said before people are asked. */
  readonly hint?: string;
  /** Asked before anything is given. */
  readonly round: () => Promise<Round>;
  readonly give: (share: Buffer, nonce: string) => Promise<Given>;
}

type Scene = Readonly<{ bootstrap: Bootstrap; remark: Remark }>;

/** What came of one round, and whether anything in it was typed. */
type RoundEnd = Enough & { readonly typed: boolean };

/**
 * Gives Vault what the stores keep, and then what people type where the manifest has them asked and there is a terminal,
 * until that is enough, or wrong. Throws NOT_SETTLED if it is too little.
 */
export const giveOnce = async ({ bootstrap, remark }: Scene, giving: Giving, attempt = 0): Promise<RoundEnd> => {
  const { which, held, give } = giving;
  const typed = canType(bootstrap) ? bootstrap.typed : undefined;
  const { nonce, progress, required } = await giving.round();
  const short = required - progress - countOf(held);
  if (short > 0 && typed === undefined) throw tooFewGiven(bootstrap, nonce, short, which);
  const given = (share: Buffer) => give(share, nonce);
  const outcome = await giveHeld(held, given);
  if (outcome !== undefined) return { ...outcome, typed: false };
  if (typed === undefined) throw tooFewGiven(bootstrap, nonce, 1, which);
  if (attempt === 0 && giving.hint !== undefined) remark(giving.hint);
  const asking: Asking = { of: which === 'now' ? which : nonce, text: questions[which] };
  const { last, taken } = await giveTyped(typed.of(attempt, asking), given, remark);
  if (last === undefined) throw tooFewGiven(bootstrap, nonce, Math.max(1, short - taken), which);
  return { ...last, typed: true };
};

// As often as an unsealing begins anew.
const rounds = 3;

/** The same, and once more where what was typed was wrong. */
export const giveUntilEnough = async (scene: Scene, giving: Giving): Promise<Enough> => {
  for (let attempt = 0; attempt < rounds; attempt += 1) {
    const end = await giveOnce(scene, giving, attempt);
    if (end.is === 'complete' || !end.typed) return end;
    scene.remark('these shares do not go together: one of those that were typed is wrong; beginning anew');
  }
  throw mistypedFor(scene.bootstrap, giving.which);
};

/** Whether people can be asked. */
export const canType = ({ typed }: Pick<Bootstrap, 'typed'>): boolean => typed?.canAsk === true;

const questions = {
  now: 'A share of Vault that counts now, from who holds it',
  'the new ones': 'A new share of Vault, from who has just been given it',
  proof: 'A new share of Vault, from who has just been given it',
} as const satisfies Readonly<Record<Needed, string>>;

const giveTyped = async (
  typed: AsyncIterable<{ readonly typed: Buffer }>,
  give: (share: Buffer) => Promise<Given>,
  remark: Remark,
): Promise<{ readonly last: Enough | undefined; readonly taken: number }> => {
  let taken = 0;
  for await (const share of typed) {
    const given = await give(share.typed);
    switch (given.is) {
      case 'complete':
      case 'wrong':
        return { last: given, taken };
      case 'known':
        remark('that share was given already');
        break;
      case 'taken':
        taken += 1;
    }
  }
  return { last: undefined, taken };
};
