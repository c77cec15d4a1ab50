import { LabError } from '../../../errors.ts';
import type { Bootstrap } from './bootstrap.ts';
import { heldIn, holdersOf } from './holders.ts';
import { type InitConfig, peopleOf, storesOf } from './init-config.ts';
import { type RekeyScene, stageOf } from './rekey-scene.ts';
import type { Remark } from './unseal.ts';

/** The chain of an escrow whose Vault can be given new shares now. Throws GUARD with what comes first. */
export const readyForRekey = async (bootstrap: Bootstrap): Promise<RekeyScene['chain']> => {
  const standing = await bootstrap.standing();
  const { address } = bootstrap.config;
  if (standing.is === 'fresh') {
    throw new LabError('GUARD', `the Vault at ${address} is not initialised yet`, {
      next: 'lab apply initialises it.',
    });
  }
  if (standing.status.sealed) {
    throw new LabError('GUARD', `the Vault at ${address} is sealed, and hands out shares only when it is not`, {
      next: 'First: lab vault unseal',
    });
  }
  const chain = await bootstrap.escrow.chain();
  const { record } = chain;
  if (record !== undefined) return { ...chain, record };
  throw new LabError('GUARD', `the escrow of the Vault at ${address} is not complete yet`, {
    next: 'First: lab apply',
  });
};

/** Copies that are left of shares which do not count any more; a store that cannot be read is an error. */
const copiesBefore = async (past: RekeyScene['chain']['past'], config: InitConfig) => {
  const all = past.map(async ({ generation, record }) => {
    const { stores, people } = holdersOf(record, config);
    const custodians = await generation.keptBy(stores, people);
    return { generation: generation.number, since: record.initialisedAt, custodians };
  });
  return (await Promise.all(all)).filter(({ custodians }) => custodians.length > 0);
};

/** What a rekey would do, for who has to approve it. Changes nothing. */
export const lookBeforeRekey = async (bootstrap: Bootstrap, deleteOld: boolean, remark: Remark) => {
  const { config, escrow } = bootstrap;
  const chain = await readyForRekey(bootstrap);
  const stage = await stageOf({ bootstrap, chain, deleteOld });
  const counts = stage === 'cut off at the end' || stage === 'only old copies';
  const { stores, gone } = holdersOf(chain.record, config);
  const held = await heldIn(chain.current, stores, remark);
  const present = config.custodians.map(({ name }) => name);
  const [status] = await bootstrap.statuses();
  const places = storesOf(config).map(async (store) => {
    const where = await escrow.whereIs(store);
    return { custodian: store.name, shares: store.shares, where };
  });
  const people = peopleOf(config).map((person) => ({
    custodian: person.name,
    shares: person.shares,
    where: (counts ? chain.current : chain.next).personFile(person),
  }));
  return {
    address: config.address,
    stage,
    shares: config.shares,
    threshold: config.threshold,
    custodians: [...(await Promise.all(places)), ...people],
    takes: status?.t ?? 0,
    readable: held.map(({ custodian, shares }) => ({ custodian: custodian.name, shares: shares.length })),
    leaving: chain.record.custodians.map(({ name }) => name).filter((name) => !present.includes(name)),
    unknown: gone,
    old: deleteOld ? await copiesBefore(chain.past, config) : [],
  } as const;
};
