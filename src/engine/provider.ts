import type { Secret } from '../secrets/secret.ts';
import type { LocalSource } from '../secrets/source.ts';
import type { GateState } from './gate.ts';
import type { Offers, OnlyPort, Ports } from './ports.ts';
import type { BoundKind, KindFacts } from './resource.ts';

/** One system that kinds live in. Importing it is cheap; connect() loads the SDK. */
export interface Provider {
  readonly name: string;
  readonly kinds: readonly KindFacts[];
  /** Other providers' offers that its client needs, by port name. */
  readonly needs: readonly OnlyPort[];
  /** `config` is the provider's part of the manifest's connections, checked by the provider. Sends nothing yet. */
  connect(config: unknown, context: ConnectContext): Promise<Connection>;
}

/** What connect() gets from outside. */
export interface ConnectContext {
  /** True for plan and drift: the client refuses every call that persists anything. */
  readonly readOnly: boolean;
  readonly ports: Ports;
  /** The environment: the only way to ambient settings. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** In CI: where this run's log is. */
  readonly run?: string;
  /** The value of a source, or undefined if it has none now. */
  resolve(source: LocalSource): Promise<Secret | undefined>;
  /** One line that somebody types and the terminal does not show; undefined if broken off. Absent where nobody can be asked. */
  readonly prompt?: (question: string) => Promise<Buffer | undefined>;
  /** Ends every call. */
  readonly signal: AbortSignal;
  /** Ends what is only waited for: set at the first Ctrl-C, while calls that are under way are finished. */
  readonly stopping: AbortSignal;
}

/** A provider's live side in one run: one client, one login. */
export interface Connection {
  /**
   * Which system this is, learnt from the server (kube-system UID, Vault cluster id). Throws if that cannot be told now.
   * A kind whose objects are there before the system has an identity (`vault.server`) has a scope of its own.
   */
  scope(kind?: string): Promise<string>;
  /** For the plan's head: where and as whom, `cluster kind-lab, uid 3f0c…`. Never throws for a shut gate. */
  describe(): Promise<string>;
  /** The state of one of its gates. */
  gate(name: string): Promise<GateState>;
  kind(name: string): BoundKind;
  readonly offers: Offers;
  /** Write requests sent so far: idle runs must show 0. */
  writes(): number;
  close(): Promise<void>;
}
