import { sharesAnswer } from './bootstrap.ts';
import type { Counted } from './escrow.ts';
import type { EscrowRecord, SharesAnswer } from './escrow-entries.ts';
import { type Generation, recordOf } from './generation.ts';
import { countOf, giveHeld, heldIn, holdersOf } from './holders.ts';
import { peopleOf, storesOf } from './init-config.ts';
import { proves } from './rekey-proof.ts';
import { custodiansMoved, oldSharesWrong, tooFewGiven } from './rekey-refusals.ts';
import { isCutOffAtEnd, type RekeyScene } from './rekey-scene.ts';
import { startRekey } from './rekey-start.ts';

/** What came of it: the generation that counts now, and the copies of which stores and people went. */
export interface Rekeyed {
  readonly generation: number;
  readonly record: EscrowRecord;
  /** Custodians whose old copies are gone. */
  readonly dropped: readonly string[];
}

/**
 * New shares for the custodians of the manifest. What Vault answers is kept before anything else is done; each copy is
 * read back; the shares count once Vault has seen enough of them again, and until then those of before do. A run that
 * was cut off is gone on with from wherever it stands, by what escrow and Vault say.
 */
export const rekey = async (scene: RekeyScene): Promise<Rekeyed> => {
  const { bootstrap, chain } = scene;
  const { escrow, config } = bootstrap;
  if (await isCutOffAtEnd(chain)) {
    return finish(scene, chain.past, { generation: chain.current, record: chain.record });
  }
  for (let next = chain.next; ; next = escrow.after(next)) {
    const answer = (await next.answer()) ?? (await obtain(scene, next));
    refuseOtherCustodians(answer, scene);
    await escrow.handOn(chain.current);
    await next.distribute(answer);
    if (await proves(scene, next, answer)) {
      const record = recordOf(answer, config, chain.record.clusterId);
      await next.keepEnd(record);
      return finish(scene, [...chain.past, { generation: chain.current, record: chain.record }], {
        generation: next,
        record,
      });
    }
    scene.remark('the shares that an earlier run was given never came to count: asking for others');
    await next.keepEnd({ formatVersion: 1, void: 'Vault forgot them before they were proven' });
    await next.dropAnswer();
    await next.dropShares(storesOf(config), peopleOf(config));
  }
};

const obtain = async (scene: RekeyScene, next: Generation): Promise<SharesAnswer> => {
  const { bootstrap, chain, remark } = scene;
  const { config, rekey: api } = bootstrap;
  const status = await startRekey(bootstrap, next, remark);
  const held = await heldIn(chain.current, holdersOf(chain.record, config).stores, remark);
  const missing = status.required - status.progress - countOf(held);
  if (missing > 0) throw tooFewGiven(bootstrap, status.nonce, missing, 'now');
  const outcome = await giveHeld(held, (share) => api.give(share, status.nonce));
  switch (outcome?.is) {
    case undefined:
      throw tooFewGiven(bootstrap, status.nonce, 1, 'now');
    case 'wrong':
      await api.cancel(status.nonce);
      throw oldSharesWrong(bootstrap, outcome.because);
    case 'complete': {
      const answer = { ...sharesAnswer(config, outcome.shares), nonce: status.nonce };
      await next.keepAnswer(answer);
      return answer;
    }
  }
};

const refuseOtherCustodians = (answer: SharesAnswer, { bootstrap }: RekeyScene): void => {
  const { config } = bootstrap;
  const given = config.custodians.map(({ name, shares }) => `${shares} × ${name}`);
  const names = [...new Set(answer.shares.map(({ custodian }) => custodian))];
  const asked = names.map((name) => `${answer.shares.filter(({ custodian }) => custodian === name).length} × ${name}`);
  if (given.join() !== asked.join()) throw custodiansMoved(bootstrap, asked);
};

/** From the record on: copies of before go where that was asked for, and the answer last. */
const finish = async (
  scene: RekeyScene,
  past: readonly Counted[],
  { generation, record }: Counted,
): Promise<Rekeyed> => {
  const dropped = scene.deleteOld ? await dropAll(scene, past) : [];
  await generation.dropAnswer();
  return { generation: generation.number, record, dropped };
};

const dropAll = async ({ bootstrap, remark }: RekeyScene, past: readonly Counted[]): Promise<readonly string[]> => {
  const dropped = new Set<string>();
  for (const { generation, record } of past) {
    const { stores, people, gone } = holdersOf(record, bootstrap.config);
    await generation.dropShares(stores, people);
    for (const { name } of [...stores, ...people]) dropped.add(name);
    for (const name of gone)
      remark(`the manifest does not say where ${name} is: its old copies stay, and open nothing`);
  }
  return [...dropped];
};
