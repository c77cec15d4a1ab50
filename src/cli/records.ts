import type { Owner } from '../engine/change.ts';
import { LabError } from '../errors.ts';
import { type LocalStore, localStore } from '../state/local.ts';
import type { State, StateRecord } from '../state/store.ts';
import type { ManifestFlags } from './flags.ts';
import type { Host } from './host.ts';
import { readManifest } from './manifest.ts';

/** The state of the manifest's environment, and whose it is. */
export const openStore = async (
  flags: ManifestFlags,
  host: Pick<Host, 'env' | 'report'>,
): Promise<{ owner: Owner; store: LocalStore }> => {
  const { folder, name, environment } = await readManifest(flags, host.env);
  return { owner: { name, environment }, store: localStore({ folder, name, environment, report: host.report }) };
};

/** What a store holds. Throws BAD_STATE if there is nothing yet. */
export const existingState = async (store: LocalStore, { name, environment }: Owner): Promise<State> => {
  const state = await store.load();
  if (state !== undefined) return state;
  throw new LabError('BAD_STATE', `there is no state of ${name} in environment ${environment} yet`, {
    next: 'The first lab apply makes it.',
  });
};

/** The record with an address. Throws BAD_STATE if there is none. */
export const recordAt = (state: State, address: string): StateRecord => {
  const record = state.records.find((candidate) => candidate.address === address);
  if (record !== undefined) return record;
  throw new LabError('BAD_STATE', `the state has no record of ${address}`, {
    next: 'lab state list shows what it has.',
  });
};
