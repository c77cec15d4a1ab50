import type { Owner } from '../engine/change.ts';
import { LabError } from '../errors.ts';
import { localStore } from '../state/local.ts';
import type { LockingStore, State, StateRecord } from '../state/store.ts';
import type { ManifestFlags } from './flags.ts';
import type { Host } from './host.ts';
import { readManifest } from './manifest.ts';
import { placeOf } from './state-place.ts';

/** The state of the manifest's environment, and whose it is. */
export const openStore = async (
  flags: ManifestFlags,
  host: Pick<Host, 'env' | 'report'>,
): Promise<{ owner: Owner; store: LockingStore }> => {
  const manifest = await readManifest(flags, host.env);
  const { name, environment } = manifest;
  const place = placeOf(manifest, flags.sandbox === true);
  return { owner: { name, environment }, store: localStore({ ...place, report: host.report }) };
};

/** What a store holds. Throws BAD_STATE if there is nothing yet. */
export const existingState = async (store: LockingStore, { name, environment }: Owner): Promise<State> => {
  const state = await store.load();
  if (state !== undefined) return state;
  throw new LabError('BAD_STATE', `there is no state of ${name} in environment ${environment} yet`, {
    next: 'The first lab apply makes it.',
  });
};

/** The one record with an address or an identity. Throws BAD_STATE if there is none, or more than one with that address. */
export const recordAt = (state: State, text: string): StateRecord => {
  const found = state.records.filter(({ address, identity }) => address === text || identity === text);
  const [record, ...more] = found;
  if (record === undefined) {
    throw new LabError('BAD_STATE', `the state has no record of ${text}`, {
      next: 'lab state list shows what it has.',
    });
  }
  if (more.length === 0) return record;
  const list = found.map(({ identity }) => identity).join('\n');
  throw new LabError('BAD_STATE', `several records have the address ${text}, in different systems:\n${list}`, {
    next: 'Name one of them by its identity.',
  });
};

/** Takes a record out of the state, under its lock, and returns it. */
export const forget = async (store: LockingStore, address: string): Promise<StateRecord> => {
  const session = await store.open('state rm');
  try {
    const record = recordAt(session.state, address);
    await session.append({ step: 'gone', identity: record.identity });
    return record;
  } finally {
    await session.close();
  }
};
