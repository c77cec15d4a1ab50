import type { Owner } from '../engine/change.ts';
import type { LockHolder, State, StateRecord } from '../state/store.ts';
import type { Document, Exit } from './document.ts';
import { counted, manyLines, oneLine, table } from './text.ts';

/** One line of `lab state list`. */
export type RecordLine = Pick<StateRecord, 'address' | 'identity' | 'ownership' | 'status'>;

/** `lab state list --json` */
export interface StateListDocument extends Document {
  readonly owner: Owner;
  readonly serial: number;
  readonly records: readonly RecordLine[];
  readonly broken: State['broken'];
}

/** `lab state show --json` */
export interface StateShowDocument extends Document {
  readonly record: StateRecord;
}

/** The records of a state, without what was applied. */
export const stateListJson = (owner: Owner, state: State, exit: Exit): StateListDocument => ({
  formatVersion: 1,
  exit,
  owner: { ...owner, installation: state.installation },
  serial: state.serial,
  records: state.records.map(({ address, identity, ownership, status }) => ({ address, identity, ownership, status })),
  broken: state.broken,
});

/** The records for people. */
export const stateListText = ({ owner, serial, records, broken }: StateListDocument): string =>
  [
    `${owner.name} · env ${owner.environment} · state serial ${serial} · ${counted(records.length, 'record')}`,
    ...table(
      records.map(({ address, ownership, status }) => [
        address,
        status === 'begun' ? `${ownership}, interrupted while being written` : ownership,
      ]),
    ),
    ...broken.map(({ identity, why }) => `! ${oneLine(identity)}  cannot be read: ${oneLine(why)}`),
  ].join('\n');

/** One record, whole; secrets are only in it as fingerprints. */
export const recordJson = (record: StateRecord, exit: Exit): StateShowDocument => ({ formatVersion: 1, exit, record });

/** One record for people. */
export const recordText = (record: StateRecord): string =>
  [
    ...table([
      ['address', record.address],
      ['identity', oneLine(record.identity)],
      ['ownership', record.ownership],
      ['status', record.status],
      ['depends on', record.dependsOn.join(', ') || '-'],
    ]),
    'applied (secrets as fingerprints)',
    ...manyLines(JSON.stringify(record.applied, null, 2)).map((line) => `  ${line}`),
  ].join('\n');

/** `lab state unlock --json` */
export interface UnlockDocument extends Document {
  /** Whose lock was taken away; null if there was none. */
  readonly holder: LockHolder | null;
}

/** Whose lock was taken away. */
export const unlockJson = (holder: LockHolder | undefined, exit: Exit): UnlockDocument => ({
  formatVersion: 1,
  exit,
  holder: holder ?? null,
});

/** The same for people. */
export const unlockText = ({ holder }: UnlockDocument): string =>
  holder === null
    ? 'There was no lock.'
    : oneLine(`Unlocked: it was held by ${holder.who}@${holder.host} (${holder.operation}) since ${holder.since}.`);
