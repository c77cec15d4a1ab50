import type { JournalEntry, State, StateRecord } from './store.ts';

/** A record that could not be decoded. */
export interface BrokenRecord {
  /** Its identity if that much can be read, else where it stands. */
  readonly identity: string;
  readonly why: string;
  /** As it was found; written back unchanged. */
  readonly text: string;
}

/** What a backend holds of one owner, changed entry by entry. */
export interface StateDocument {
  readonly installation: string;
  readonly serial: number;
  readonly records: Map<string, StateRecord>;
  readonly systems: Map<string, string>;
  readonly usedPlans: Set<string>;
  readonly broken: Set<BrokenRecord>;
}

/** The state before the first session. */
export const emptyDocument = (installation: string): StateDocument => ({
  installation,
  serial: 0,
  records: new Map(),
  systems: new Map(),
  usedPlans: new Set(),
  broken: new Set(),
});

/** The document for its readers, as it is now. */
export const toState = (document: StateDocument): State => ({
  installation: document.installation,
  serial: document.serial,
  records: [...document.records.values()],
  systems: Object.fromEntries(document.systems),
  usedPlans: [...document.usedPlans],
  broken: [...document.broken].map(({ identity, why }) => ({ identity, why })),
});

/** Plays one step of the journal over a document. */
export const play = (document: StateDocument, entry: JournalEntry): void => {
  switch (entry.step) {
    case 'begin':
      return put(document, begun(entry.record, document.records.get(entry.record.identity)));
    case 'end':
      return put(document, { ...entry.record, status: 'done' });
    case 'gone':
      forget(document, entry.identity);
      return;
    case 'system':
      document.systems.set(entry.provider, entry.scope);
      return;
    case 'plan-used':
      document.usedPlans.add(entry.digest);
      return;
  }
};

/** What is being written is what may be there after a crash. What lab owned before, it owns all the same. */
const begun = (record: StateRecord, before: StateRecord | undefined): StateRecord => ({
  ...record,
  status: 'begun',
  ownership: before?.ownership === 'owned' ? 'owned' : record.ownership,
});

const put = (document: StateDocument, record: StateRecord): void => {
  supersede(document, record.identity);
  document.records.set(record.identity, record);
};

const forget = (document: StateDocument, identity: string): void => {
  supersede(document, identity);
  document.records.delete(identity);
};

/** A whole new record says all that a broken one of the same object could. */
const supersede = (document: StateDocument, identity: string): void => {
  for (const record of document.broken) if (record.identity === identity) document.broken.delete(record);
};
