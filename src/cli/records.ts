import type { Owner } from '../engine/change.ts';
import { LabError } from '../errors.ts';
import type { LockingStore, State, StateRecord } from '../state/store.ts';
import type { ManifestFlags } from './flags.ts';
import type { Host } from './host.ts';
import { openWhenFree, type Patience } from './lock-wait.ts';
import { readManifest } from './manifest.ts';
import { stoppable } from './signals.ts';
import { storeOf } from './state-store.ts';
import { withSystems } from './wiring.ts';

/** The state of the manifest's environment, and whose it is. */
export interface Records {
  readonly owner: Owner;
  readonly store: LockingStore;
  readonly stop: AbortSignal;
}

/** Opens the state that the manifest names, for a look or for a change. */
export const withRecords = <Result>(
  flags: ManifestFlags,
  host: Host,
  access: 'read' | 'write',
  work: (records: Records) => Promise<Result>,
): Promise<Result> =>
  stoppable(undefined, async ({ abort, stop }) => {
    const manifest = await readManifest(flags, host.env);
    const { name, environment } = manifest;
    const sandbox = flags.sandbox === true;
    const opening = { manifest, sandbox, readOnly: access === 'read', signal: abort, host };
    return withSystems(opening, (systems) =>
      work({ owner: { name, environment }, store: storeOf(opening, systems), stop }),
    );
  });

/** What a store holds. Throws BAD_STATE if there is nothing yet. */
export const existingState = async ({ store, owner }: Records): Promise<State> => {
  const { name, environment } = owner;
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
export const forget = async ({ store }: Records, address: string, patience: Patience): Promise<StateRecord> => {
  const session = await openWhenFree(store, patience, 'state rm');
  try {
    const record = recordAt(session.state, address);
    await session.append({ step: 'gone', identity: record.identity });
    return record;
  } finally {
    await session.close();
  }
};
