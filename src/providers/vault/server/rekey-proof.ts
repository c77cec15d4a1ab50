import type { SharesAnswer } from './escrow-entries.ts';
import type { Generation } from './generation.ts';
import { countOf, giveHeld, heldIn } from './holders.ts';
import { storesOf } from './init-config.ts';
import { newSharesWrong, tooFewGiven } from './rekey-refusals.ts';
import type { RekeyScene } from './rekey-scene.ts';
import { startRekey } from './rekey-start.ts';

/**
 * Whether the shares of a generation open Vault. While Vault waits for their proof they are given to it, as their stores
 * have them, and count from then on. Once it waits no more, its next rekey tells whether it takes them: that one is ended
 * before it comes to anything.
 */
export const proves = async (scene: RekeyScene, generation: Generation, answer: SharesAnswer): Promise<boolean> => {
  const { bootstrap, remark } = scene;
  const { rekey, config } = bootstrap;
  const status = await rekey.status();
  const held = await heldIn(generation, storesOf(config), remark);
  if (status.started && status.nonce === answer.nonce) return verifies(scene, held);
  if (status.required !== answer.threshold) return false;

  const asking = await startRekey(bootstrap, generation, remark);
  const missing = asking.required - asking.progress - countOf(held);
  if (missing > 0) throw tooFewGiven(bootstrap, asking.nonce, missing, 'the new ones');
  const outcome = await giveHeld(held, (share) => rekey.give(share, asking.nonce));
  if (outcome === undefined) throw tooFewGiven(bootstrap, asking.nonce, 1, 'the new ones');
  await rekey.cancel(asking.nonce);
  return outcome.is === 'complete';
};

const verifies = async ({ bootstrap }: RekeyScene, held: Parameters<typeof countOf>[0]): Promise<boolean> => {
  const { rekey } = bootstrap;
  const { nonce, t, progress } = await rekey.verification();
  const missing = t - progress - countOf(held);
  if (missing > 0) throw tooFewGiven(bootstrap, nonce, missing, 'proof');
  const outcome = await giveHeld(held, (share) => rekey.verify(share, nonce));
  switch (outcome?.is) {
    case undefined:
      throw tooFewGiven(bootstrap, nonce, 1, 'proof');
    case 'complete':
      return true;
    case 'wrong':
      // Shares that others gave may have been wrong ones: Vault begins anew, and so does the next run.
      throw newSharesWrong(bootstrap, outcome.because);
  }
};
