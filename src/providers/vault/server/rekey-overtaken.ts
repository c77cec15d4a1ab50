import { LabError } from '../../../errors.ts';
import type { SharesAnswer } from './escrow-entries.ts';
import type { Generation } from './generation.ts';
import { overtaken } from './rekey-refusals.ts';
import type { RekeyScene } from './rekey-scene.ts';

/** Whether another run has come to the end of a generation since this one looked. */
export const hasMoved = async ({ bootstrap: { escrow } }: RekeyScene, next: Generation): Promise<boolean> =>
  (await escrow.chain()).next.number > next.number;

/** Keeps something of this run's answer. What another run has put in its place is no other Vault's, and nothing to move away. */
export const unlessOvertaken = async <T>(
  scene: RekeyScene,
  { next, answer }: { readonly next: Generation; readonly answer: SharesAnswer },
  keeping: () => Promise<T>,
): Promise<T> => {
  try {
    return await keeping();
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'GUARD') throw error;
    throw (await hasMoved(scene, next)) || (await isOther(next, answer)) ? overtaken(scene.bootstrap) : error;
  }
};

const isOther = async (next: Generation, answer: SharesAnswer): Promise<boolean> => {
  const kept = await next.answer();
  return kept !== undefined && textOf(kept) !== textOf(answer);
};

const textOf = ({ shares }: SharesAnswer): string => shares.map(({ message }) => message).join();
