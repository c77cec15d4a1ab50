import { LabError } from '../../../errors.ts';
import type { Bootstrap } from './bootstrap.ts';
import { heldIn, holdersOf } from './holders.ts';
import { peopleOf, storesOf } from './init-config.ts';
import { isCutOffAtEnd, type RekeyScene } from './rekey-scene.ts';
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

/** What a rekey would do, for who has to approve it. Changes nothing. */
export const lookBeforeRekey = async (bootstrap: Bootstrap, remark: Remark) => {
  const { config, escrow } = bootstrap;
  const chain = await readyForRekey(bootstrap);
  const cleared = await isCutOffAtEnd(chain);
  const begun = !cleared && (await chain.next.hasKeys());
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
    where: (cleared ? chain.current : chain.next).personFile(person),
  }));
  return {
    address: config.address,
    stage: cleared ? 'cut off at the end' : begun ? 'cut off' : 'new',
    shares: config.shares,
    threshold: config.threshold,
    custodians: [...(await Promise.all(places)), ...people],
    takes: status?.t ?? 0,
    readable: held.map(({ custodian, shares }) => ({ custodian: custodian.name, shares: shares.length })),
    leaving: chain.record.custodians.map(({ name }) => name).filter((name) => !present.includes(name)),
    unknown: gone,
  } as const;
};
