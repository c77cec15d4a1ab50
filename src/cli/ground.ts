import type { SecretDesk } from '../engine/world.ts';
import type { Expanded, KeptFingerprints } from '../manifest/expanded.ts';
import type { Secret } from '../secrets/secret.ts';
import type { LocalSource } from '../secrets/source.ts';
import type { KeyHome } from '../state/key-home.ts';
import type { Host } from './host.ts';

/** What a run works on, and where: on the real systems or in the sandbox. */
export interface Ground {
  readonly manifest: Expanded;
  readonly sandbox: boolean;
  /** True for everything that must not be able to write. */
  readonly readOnly: boolean;
  readonly host: Host;
}

/** Goes to where the manifest has the key of the fingerprints. */
export type FindKeyHome = (place: KeptFingerprints) => Promise<KeyHome>;

/** Whether a run only looks, or works under the lock and may write what lab keeps for itself. */
export type Manner = 'looks' | 'writes';

/** What lies around a run: the real systems and the user's environment, or the sandbox's. */
export interface Surroundings {
  /** With connections to the systems that are there. */
  readonly manifest: Expanded;
  readonly env: Host['env'];
  /** For sources outside of specs: logins. */
  readonly read: (source: LocalSource) => Promise<Secret | undefined>;
  /** The desk with the key of the fingerprints, which may lie in the cluster or in a store. */
  readonly desk: (manner: Manner, keyHome: FindKeyHome) => Promise<SecretDesk>;
  readonly close: () => Promise<void>;
}

/** What the sandbox's servers are made for. */
export interface SandboxPlace {
  readonly manifest: Expanded;
  /** `.lab/sandbox/NAME/ENVIRONMENT`: theirs and the sandbox's state's. It is there, readable by the user alone. */
  readonly folder: string;
  readonly seed: string;
}

/** Running servers, and how to reach them in place of the real systems. */
export interface SandboxServers {
  /** The manifest's connections with endpoints and credentials replaced. */
  readonly connections: Expanded['connections'];
  /** The only environment that connections and their logins see. */
  readonly env: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** Joins the running sandbox of this place, or starts one. */
export type StartServers = (place: SandboxPlace) => Promise<SandboxServers>;
