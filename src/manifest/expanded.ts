import type { Diagnostic } from '../engine/change.ts';
import type { Resource } from '../engine/resource.ts';
import type { KeeperPlace } from './keeper-place.ts';
import type { Computed } from './settle/own-rights.ts';

/** A manifest with one environment's overlay applied and its sections expanded: what everything after it works on. */
export interface Expanded {
  readonly name: string;
  readonly environment: string;
  /** The folder of the manifest: files are relative to it, and local state lives in it. */
  readonly folder: string;
  readonly resources: readonly Resource[];
  /** Policies whose text depends on all resources, and on what state still has to remove. */
  readonly computed: Computed;
  readonly state: StateBackend;
  readonly fingerprints: FingerprintPlace;
  /** Provider name → what its connect() checks. */
  readonly connections: Readonly<Record<string, unknown>>;
  /** Where the user wrote how to reach each provider: `lab.yaml:17:12`. */
  readonly connectionsAt: Readonly<Record<string, string>>;
  /** What others deploy → the Secrets without which it cannot start (`install.NAME.needs`). */
  readonly needs: Readonly<Record<string, readonly { readonly namespace: string; readonly name: string }[]>>;
  /** Provider → the identity that the system there must have (`expect:`). */
  readonly expects: Readonly<Record<string, string>>;
  /** Hex SHA-256 over every input byte: files, environment, variables. */
  readonly inputs: string;
  readonly allowDestroy: boolean;
  /** Addresses whose one-way steps may be taken. */
  readonly allowIrreversible: ReadonlySet<string>;
  /** Warnings; errors end in Loaded.ok = false. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Where the state is kept. */
export type StateBackend =
  | { readonly backend: 'local' }
  | { readonly backend: 'kubernetes'; readonly namespace: string };

/** Where the key of the fingerprints lies. */
export type FingerprintPlace = { readonly in: 'file' } | KeptFingerprints;

/** Where several machines find it, and where the user named that: `lab.yaml:4:26`. */
export type KeptFingerprints = (
  | { readonly in: 'secret'; readonly namespace: string; readonly name: string }
  | ({ readonly in: 'store'; readonly store: string; readonly key: string } & KeeperPlace)
) & { readonly at: string };

/** What loading a manifest comes to: everything, or every complaint at once. */
export type Loaded =
  | { readonly ok: true; readonly manifest: Expanded }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };
