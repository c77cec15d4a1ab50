import type { Origin, Ownership } from './resource.ts';
import type { Json } from './value.ts';

/**
 * What lab does to one object. `recover` takes a soft-deleted one back; `finish` waits for what an interrupted run wrote;
 * `release` gives contributed fields back; `forget` drops a record.
 */
export type Action =
  | 'create'
  | 'update'
  | 'finish'
  | 'replace'
  | 'delete'
  | 'release'
  | 'forget'
  | 'move'
  | 'recover'
  | 'adopt'
  | 'none';

/** A value as it may be shown: tagged, so that no reader mistakes a mark for a value. */
export type Shown =
  | { readonly known: Json }
  | { readonly unknown: string }
  | { readonly secret: 'same' | 'changed' | 'unverifiable' }
  | { readonly absent: true };

/**
 * Who moved: pending = the manifest, drift = somebody else, both = each, unattributed = there is no record to tell by.
 */
export type Cause = 'pending' | 'drift' | 'both' | 'unattributed';

/** One field's difference. Holds no secret, by type. */
export interface FieldChange {
  /** `rules[0].path` in the spec's words. */
  readonly path: string;
  readonly before: Shown;
  readonly after: Shown;
  readonly cause: Cause;
  /** Somebody else's value that the manifest says to keep: reported, not written. */
  readonly kept?: true;
}

/** Whether the change could be worked out, and if not, why. */
export type Standing =
  | { readonly is: 'planned' }
  /** Behind a gate that is not open yet. */
  | { readonly is: 'deferred'; readonly gate: string; readonly because: string }
  /** Was there, and cannot be looked at now. */
  | { readonly is: 'blind'; readonly because: string }
  /** Cannot go on: an error here or in what it needs. */
  | { readonly is: 'blocked'; readonly because: string; readonly root: boolean };

/** One resource's part of a plan. Holds no secret. */
export interface Change {
  readonly address: string;
  /** `scope/kind/id…`; without scope while that is unknown. */
  readonly identity: string;
  readonly kind: string;
  readonly phase: 'bootstrap' | 'production';
  /** A list, so that "move and update" needs no name of its own. */
  readonly actions: readonly Action[];
  readonly standing: Standing;
  readonly ownership: Ownership | 'used';
  readonly fields: readonly FieldChange[];
  /** An object that state knows and that is gone. */
  readonly missing?: true;
  /** Fields that the server never shows: what is told of them rests on what lab wrote last. */
  readonly unverifiable?: readonly string[];
  /** Fields that somebody has written in another form of the same meaning. */
  readonly reformatted?: readonly string[];
  /** Short remarks beside the action: `value from env AZURE_CREDENTIALS`. */
  readonly notes: readonly string[];
  /** Why deleting or replacing it loses data. */
  readonly protect?: string;
  /** What cannot be taken back once it is done. */
  readonly irreversible?: string;
  readonly previousAddress?: string;
  readonly dependsOn: readonly string[];
  readonly origin?: Origin;
  /** Hash of the managed live fields and of the desired spec: what an approval was given for. */
  readonly observed: string;
  readonly desired: string;
}

/** A remark or an error about the whole or about one address. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly address?: string;
  readonly at?: string;
  readonly next?: string;
}

/** name + environment + installation: who owns state, lock and marks. installation is undefined before the first apply. */
export interface Owner {
  readonly name: string;
  readonly environment: string;
  readonly installation?: string;
}

/** How many of what. */
export interface Summary {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly move: number;
  readonly adopt: number;
  readonly none: number;
  readonly deferred: number;
  readonly blocked: number;
  readonly blind: number;
  /** Differences that somebody else made, missing objects included. */
  readonly drifted: number;
}

/** One system as it was found. */
export interface System {
  readonly provider: string;
  /** undefined while the system cannot be asked. */
  readonly scope?: string;
  /** `cluster kind-lab, uid 3f0c…` */
  readonly description: string;
  /** Was in service at the last apply and is not now. */
  readonly lost?: string;
}

/** The difference between manifest and live, as data. Canonical JSON of it is the saved plan. Holds no secret, by type. */
export interface Plan {
  readonly formatVersion: 1;
  readonly toolVersion: string;
  readonly owner: Owner;
  /** Hex digest over every input byte: files, overlays, -e, --var, --target. */
  readonly inputs: string;
  /** Absent for a plan made without state. */
  readonly serial?: number;
  readonly mode: 'apply' | 'destroy';
  /** Made in the sandbox: refused by a real run. Absent for a real one, which the sandbox refuses. */
  readonly world?: 'sandbox';
  readonly systems: readonly System[];
  /** Something to do that can be done. */
  readonly applyable: boolean;
  /** Nothing deferred, blind or blocked. */
  readonly complete: boolean;
  readonly errored: boolean;
  readonly summary: Summary;
  readonly changes: readonly Change[];
  readonly diagnostics: readonly Diagnostic[];
  /** ISO time. */
  readonly createdAt: string;
}
