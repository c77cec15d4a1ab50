import type { Bootstrap } from './bootstrap.ts';
import type { SharesAnswer } from './escrow-entries.ts';
import type { Generation, Held } from './generation.ts';
import { countOf, heldIn, holdersOf } from './holders.ts';
import { peopleOf, storesOf } from './init-config.ts';
import { canType, giveOnce, giveUntilEnough, type Round } from './rekey-give.ts';
import { newSharesUnclear, newSharesWrong } from './rekey-refusals.ts';
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
  if (status.started && status.nonce === answer.nonce) return verifies(scene, generation, held);
  if (status.required !== answer.threshold) return false;

  const asking = await startRekey(bootstrap, generation, remark);
  const counts = await isTaken(scene, { generation, held });
  await rekey.cancel(asking.nonce);
  return counts;
};

/**
 * Whether Vault takes the new shares as those that count. That it does not is believed where it takes those of before: a
 * wrong one of people, or of another run at the same time, says nothing against new shares, which may be all that opens it.
 */
const isTaken = async (
  scene: RekeyScene,
  { generation, held }: { readonly generation: Generation; readonly held: readonly Held[] },
): Promise<boolean> => {
  const { bootstrap, chain, remark } = scene;
  const { config, rekey } = bootstrap;
  const round = () => roundOf(rekey);
  const give = (share: Buffer, nonce: string) => rekey.give(share, nonce);
  const asNew = await giveOnce(scene, {
    which: 'the new ones',
    held,
    hint: whereNew(bootstrap, generation),
    round,
    give,
  });
  if (asNew.is === 'complete') return true;

  const { required } = await rekey.status();
  const current = { generation: chain.current, record: chain.record };
  for (const old of [current, ...chain.past.toReversed()]) {
    const kept = await heldIn(old.generation, holdersOf(old.record, config).stores, remark);
    if (countOf(kept) < required) continue;
    const before = await giveOnce(scene, { which: 'now', held: kept, round, give });
    if (before.is === 'complete') return false;
  }
  if (!canType(bootstrap)) throw newSharesUnclear(bootstrap);
  remark('Vault does not take these: asking for those of before');
  const kept = await heldIn(chain.current, holdersOf(chain.record, config).stores, remark);
  const typed = await giveUntilEnough(scene, { which: 'now', held: kept, round, give });
  if (typed.is === 'complete') return false;
  throw newSharesUnclear(bootstrap);
};

/** How many shares of now it has and takes. */
export const roundOf = async (rekey: Bootstrap['rekey']): Promise<Round> => {
  const { nonce, required, progress } = await rekey.status();
  return { nonce, required, progress };
};

const whereNew = ({ config }: Bootstrap, generation: Generation): string =>
  `people decrypt their new shares: ${peopleOf(config)
    .map((person) => generation.personFile(person))
    .join(', ')}`;

const verifies = async (scene: RekeyScene, generation: Generation, held: readonly Held[]): Promise<boolean> => {
  const { rekey } = scene.bootstrap;
  const outcome = await giveUntilEnough(scene, {
    which: 'proof',
    held,
    hint: whereNew(scene.bootstrap, generation),
    round: async () => {
      const { nonce, t, progress } = await rekey.verification();
      return { nonce, required: t, progress };
    },
    give: (share, nonce) => rekey.verify(share, nonce),
  });
  switch (outcome.is) {
    case 'complete':
      return true;
    case 'wrong':
      // Shares that others gave may have been wrong ones: Vault begins anew, and so does the next run.
      throw newSharesWrong(scene.bootstrap, outcome.because);
  }
};
