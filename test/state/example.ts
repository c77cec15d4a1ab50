import type { JournalEntry, StateRecord } from '../../src/state/store.ts';

/** A record of a policy with this name. */
export const recordOf = (name: string, more: Partial<StateRecord> = {}): StateRecord => ({
  identity: `vault-1/vault.policy/${name}`,
  address: `vault.policy/${name}`,
  kind: 'vault.policy',
  scope: 'vault-1',
  id: [name],
  ownership: 'owned',
  dependsOn: [],
  applied: { paths: { 'secret/*': ['read'] } },
  receipt: { applied: 'a1', live: 'l1' },
  status: 'done',
  ...more,
});

/** What lab appends before it writes this policy. */
export const begin = (name: string, more: Partial<StateRecord> = {}): JournalEntry => ({
  step: 'begin',
  record: recordOf(name, more),
  action: 'create',
  plan: '',
});

/** What lab appends after it read this policy back. */
export const end = (name: string, more: Partial<StateRecord> = {}): JournalEntry => ({
  step: 'end',
  record: recordOf(name, more),
});
