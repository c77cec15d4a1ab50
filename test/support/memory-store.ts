import type { JournalEntry, State, StateRecord, StateSession, StateStore } from '../../src/state/store.ts';

/** A StateStore in memory, for tests of what stands above it. `entries` shows everything that was appended. */
export const memoryStore = (): StateStore & { entries: JournalEntry[]; forget(): void } => {
  const entries: JournalEntry[] = [];
  let state: State | undefined;
  const session = (opened: State): StateSession => ({
    get state() {
      return state ?? opened;
    },
    append: async (entry) => {
      entries.push(entry);
      state = play(state ?? opened, entry);
    },
    close: async () => {},
  });
  return {
    entries,
    forget: () => {
      state = undefined;
    },
    describe: () => 'memory',
    load: async () => state,
    open: async (_operation, installation) => {
      state ??= {
        installation: installation ?? 'test0001',
        serial: 0,
        records: [],
        systems: {},
        usedPlans: [],
        broken: [],
      };
      return session(state);
    },
  };
};

const play = (state: State, entry: JournalEntry): State => {
  const without = (identity: string) => state.records.filter((record) => record.identity !== identity);
  const put = (record: StateRecord): State => ({
    ...state,
    serial: state.serial + 1,
    records: [...without(record.identity), record],
  });
  switch (entry.step) {
    case 'begin':
      return put({ ...entry.record, status: 'begun' });
    case 'end':
      return put(entry.record);
    case 'gone':
      return { ...state, records: without(entry.identity) };
    case 'system':
      return { ...state, systems: { ...state.systems, [entry.provider]: entry.scope } };
    case 'plan-used':
      return { ...state, usedPlans: [...state.usedPlans, entry.digest] };
  }
};
