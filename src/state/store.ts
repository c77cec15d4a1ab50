import type { Json } from '../engine/value.ts';

/** What lab remembers of one object between runs. Secrets are only in here as fingerprints. */
export interface StateRecord {
  /** `scope/kind/id…` */
  readonly identity: string;
  readonly address: string;
  readonly kind: string;
  readonly scope: string;
  readonly id: readonly string[];
  readonly ownership: 'owned' | 'contributed';
  readonly dependsOn: readonly string[];
  /** The spec as it was applied, secrets as `{ fingerprint }`. */
  readonly applied: Json;
  /** Hashes that tell a server's own normal form from drift. */
  readonly receipt: { readonly applied: string; readonly live: string };
  /** begun: the write went out and its end was never seen (a crash). done: read back and found right. */
  readonly status: 'begun' | 'done';
}

/** Everything that lab remembers of one owner. */
export interface State {
  readonly installation: string;
  readonly serial: number;
  readonly records: readonly StateRecord[];
  /** Systems that were in service at the last apply: provider → scope. */
  readonly systems: Readonly<Record<string, string>>;
  /** Digests of saved plans that were applied. */
  readonly usedPlans: readonly string[];
  /** Records that could not be decoded: reported, kept as they are, never planned for. */
  readonly broken: readonly { readonly identity: string; readonly why: string }[];
}

/** One step of the journal. begin is durable before the call goes out, end before dependents start. */
export type JournalEntry =
  | { readonly step: 'begin'; readonly record: StateRecord; readonly action: string; readonly plan: string }
  | { readonly step: 'end'; readonly record: StateRecord }
  | { readonly step: 'gone'; readonly identity: string }
  | { readonly step: 'system'; readonly provider: string; readonly scope: string }
  | { readonly step: 'plan-used'; readonly digest: string };

/** Who holds the lock. */
export interface LockHolder {
  readonly id: string;
  readonly operation: string;
  readonly who: string;
  readonly pid: number;
  readonly host: string;
  readonly since: string;
  /** Where a run in CI shows its log. */
  readonly run?: string;
}

/** A held lock: the only way to write. */
export interface StateSession {
  readonly state: State;
  /** Returns when the entry is durable. */
  append(entry: JournalEntry): Promise<void>;
  /** Compacts the journal into the state document and gives the lock back. */
  close(): Promise<void>;
}

/** A state store whose lock can be broken. */
export interface LockingStore extends StateStore {
  /** Breaks the lock with this id; undefined if there is no lock. Throws LOCKED if its id is another. */
  unlock(id: string): Promise<LockHolder | undefined>;
}

/** One owner's state in one backend. load() takes no lock and writes nothing. */
export interface StateStore {
  /** For people: `local, serial 7`. */
  describe(): string;
  /** The state with the journal played over it; undefined if there is none. */
  load(): Promise<State | undefined>;
  /** Takes the lock or throws LOCKED with its holder; a first session makes the installation id, or takes the one given. */
  open(operation: string, installation?: string): Promise<StateSession>;
}
