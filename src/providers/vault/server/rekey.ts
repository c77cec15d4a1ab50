import { before, type Counted } from './escrow.ts';
import type { EscrowRecord, SharesAnswer } from './escrow-entries.ts';
import { recordOf } from './escrow-record.ts';
import type { Generation } from './generation.ts';
import { sharesAnswer } from './handing-out.ts';
import { countOf, giveHeld, heldIn, holdersOf } from './holders.ts';
import { peopleOf, storesOf } from './init-config.ts';
import type { Enough } from './rekey-api.ts';
import { giveUntilEnough } from './rekey-give.ts';
import { hasMoved, unlessOvertaken } from './rekey-overtaken.ts';
import { proves, roundOf } from './rekey-proof.ts';
import { custodiansMoved, oldSharesWrong, overtaken, sharesMissing, tooFewGiven } from './rekey-refusals.ts';
import { type RekeyScene, type RekeyStage, stageOf } from './rekey-scene.ts';
import { startRekey } from './rekey-start.ts';
import { sharesOf } from './unseal.ts';

/** What came of it: the generation that counts now, and the copies of which stores and people went. */
export interface Rekeyed {
  readonly stage: RekeyStage;
  readonly generation: number;
  readonly record: EscrowRecord;
  /** Custodians whose old copies are gone. */
  readonly dropped: readonly string[];
}

type Finished = Omit<Rekeyed, 'stage'>;

/**
 * New shares for the custodians of the manifest. What Vault answers is kept before anything else is done; each copy is
 * read back; the shares count once Vault has seen enough of them again, and until then those of before do. A run that
 * was cut off is gone on with from wherever it stands, by what escrow and Vault say.
 */
export const rekey = async (scene: RekeyScene): Promise<Rekeyed> => {
  const { chain } = scene;
  const current = { generation: chain.current, record: chain.record };
  const stage = await stageOf(scene);
  switch (stage) {
    case 'only old copies':
      await refuseUnreadable(scene);
      return { stage, ...(await finish(scene, chain.past, current)) };
    case 'cut off at the end':
      return { stage, ...(await finish(scene, chain.past, current)) };
    case 'cut off':
    case 'new':
      return { stage, ...(await handOut(scene)) };
  }
};

const handOut = async (scene: RekeyScene): Promise<Finished> => {
  const { bootstrap, chain } = scene;
  const { escrow, config, author } = bootstrap;
  for (let next = chain.next; ; next = escrow.after(next)) {
    const answer = (await next.answer()) ?? (await obtain(scene, next));
    refuseOtherCustodians(answer, scene);
    await escrow.handOn(chain.current);
    const custodians = await unlessOvertaken(scene, { next, answer }, () => next.distribute(answer));
    if (await proves(scene, next, answer)) {
      const { clusterId } = chain.record;
      const record = recordOf(answer, custodians, { ...(await bootstrap.facts()), clusterId, author });
      await unlessOvertaken(scene, { next, answer }, () => next.keepEnd(record));
      const current = { generation: chain.current, record: chain.record };
      return finish(scene, [...chain.past, current], { generation: next, record });
    }
    scene.remark('the shares that an earlier run was given never came to count: asking for others');
    const recorded = { at: new Date().toISOString(), ...author };
    await next.keepEnd({ formatVersion: 1, void: 'Vault forgot them before they were proven', recorded });
    await next.dropAnswer();
    await next.dropShares(storesOf(config), peopleOf(config));
  }
};

const obtain = async (scene: RekeyScene, next: Generation): Promise<SharesAnswer> => {
  const { bootstrap, chain, remark } = scene;
  const { config, rekey: api, author } = bootstrap;
  const status = await startRekey(bootstrap, next, remark);
  const held = await heldIn(chain.current, holdersOf(chain.record, config).stores, remark);
  const keys = await next.publicKeys();
  let outcome: Enough | undefined = await giveUntilEnough(scene, {
    which: 'now',
    held,
    round: () => roundOf(api),
    give: (share, nonce) => api.give(share, nonce),
  });
  for (const { generation, holders } of chain.past.toReversed().map((one) => before(one, config))) {
    if (outcome?.is !== 'wrong') break;
    const older = await heldIn(generation, holders.stores, remark);
    if (countOf(older) < status.required) continue;
    remark(
      `these are not the shares of the Vault: trying those of before, which are where an older snapshot was restored`,
    );
    outcome = await giveHeld(older, (share) => api.give(share, status.nonce));
  }
  switch (outcome?.is) {
    case undefined:
      throw tooFewGiven(bootstrap, status.nonce, 1, 'now');
    case 'wrong':
      await api.cancel(status.nonce);
      throw (await hasMoved(scene, next)) ? overtaken(bootstrap) : oldSharesWrong(bootstrap, outcome.because);
    case 'complete': {
      const answer = { ...sharesAnswer(config, outcome.shares, { keys, author }), nonce: status.nonce };
      await unlessOvertaken(scene, { next, answer }, () => next.keepAnswer(answer));
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
): Promise<Finished> => {
  const dropped = scene.deleteOld ? await dropAll(scene, past) : [];
  await generation.dropAnswer();
  return { generation: generation.number, record, dropped };
};

/** What opens older snapshots goes only while what opens this Vault can be had: each store gives its shares, and its key opens them. */
const refuseUnreadable = async ({ bootstrap, chain }: RekeyScene): Promise<void> => {
  for (const store of holdersOf(chain.record, bootstrap.config).stores) {
    if (!(await chain.current.isOpenable(store))) continue;
    const shares = await sharesOf(await chain.current.held(store));
    shares.forEach((share) => share.fill(0));
    if (shares.length < store.shares) throw sharesMissing(store, shares.length);
  }
};

const dropAll = async ({ bootstrap, remark }: RekeyScene, past: readonly Counted[]): Promise<readonly string[]> => {
  const dropped = new Set<string>();
  for (const { generation, record } of past) {
    const { stores, people, gone } = holdersOf(record, bootstrap.config);
    for (const name of await generation.keptBy(stores, people)) dropped.add(name);
    await generation.dropShares(stores, people);
    for (const name of gone) {
      remark(`the manifest does not say where ${name} is: its old copies stay, and open snapshots of their time`);
    }
  }
  return [...dropped];
};
