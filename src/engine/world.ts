import type { Secret } from '../secrets/secret.ts';
import type { Sourced } from '../secrets/source.ts';
import type { State } from '../state/store.ts';
import type { Diagnostic, Owner } from './change.ts';
import type { Connection } from './provider.ts';
import type { KindFacts, Resource } from './resource.ts';

/** How secret values are read and recognised, without the engine seeing where they come from. */
export interface SecretDesk {
  /** The value of a source, or undefined if it has none now. Throws on a source that is broken (a file that cannot be read). */
  resolve(sourced: Sourced): Promise<Secret | undefined>;
  /** `v1:keyId:hmac` over installation, subject (kind and id), field and value. */
  fingerprint(installation: string, subject: string, field: string, value: Secret): string;
  /** Whether a fingerprint was made with the key that is in use now; otherwise it tells nothing. */
  knowsKey(fingerprint: string): boolean;
}

/** Everything that plan, drift, apply and destroy work on. */
export interface World {
  readonly owner: Owner;
  readonly resources: readonly Resource[];
  readonly kinds: ReadonlyMap<string, KindFacts>;
  /** Whether the systems are the sandbox's: only these are sent its stand-ins. */
  readonly sandbox: boolean;
  /** By provider name, for every provider that resources or records name. */
  readonly connections: ReadonlyMap<string, Connection>;
  readonly secrets: SecretDesk;
  /** undefined: no state, which loses deletions, resets and the drift/pending distinction. */
  readonly state: State | undefined;
  /** Provider → the scope that the manifest expects there (`expect:`): checked before the first read. */
  readonly expects: Readonly<Record<string, string>>;
  readonly inputs: string;
  readonly toolVersion: string;
  /** ISO time of now. */
  readonly now: () => string;
  /** What the manifest's loader had to say. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What narrows or widens a plan. */
export interface PlanOptions {
  readonly mode: 'apply' | 'destroy';
  /** Addresses or prefixes; what they need comes along. [] = everything. */
  readonly targets: readonly string[];
  readonly excludes: readonly string[];
  /** Addresses that may be taken over whole; `true` for all that differ. */
  readonly adopt: readonly string[] | true;
  /** Concurrent calls per provider. */
  readonly parallelism: number;
}
