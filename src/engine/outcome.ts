import type { Diagnostic, Plan } from './change.ts';
import type { PlanOptions } from './world.ts';

/** What apply may do beyond the plan's own options. */
export interface ApplyOptions extends PlanOptions {
  /** Seconds to wait for gates that this manifest does not open; undefined: do not wait, end incomplete. */
  readonly wait: number | undefined;
  /** Delete or replace what is protected. */
  readonly allowDataLoss: boolean;
  /** Addresses whose one-way steps may be taken. */
  readonly allowIrreversible: ReadonlySet<string>;
  /** Asked when a deferred part turns out to lie outside what was approved. */
  readonly approve: (beyond: Plan) => Promise<boolean>;
  /** Digest of the saved plan that is being applied, if any: kept in state, so that it works once. */
  readonly planDigest?: string;
  readonly signal: AbortSignal;
}

/** How apply ended. */
export interface ApplyResult {
  readonly formatVersion: 1;
  /** Addresses by what became of them. */
  readonly done: readonly string[];
  readonly unchanged: readonly string[];
  readonly failed: readonly string[];
  /** Not tried, because something they need failed. */
  readonly skipped: readonly string[];
  /** Behind a gate that did not open in time. */
  readonly deferred: readonly { readonly address: string; readonly because: string }[];
  /** Outside what was approved, and not approved when asked. */
  readonly refused: readonly { readonly address: string; readonly because: string }[];
  readonly diagnostics: readonly Diagnostic[];
  readonly cancelled: boolean;
  /** Write requests sent, over all systems. */
  readonly writes: number;
  readonly ms: number;
  /** Of which waiting for gates and for things to settle. */
  readonly waitedMs: number;
}

/** What drift has to say: the plan seen from the live side. */
export interface DriftReport {
  readonly formatVersion: 1;
  readonly owner: Plan['owner'];
  /** Systems that were in service and are not now. */
  readonly lost: readonly { readonly provider: string; readonly because: string }[];
  /** Changed or missing by somebody else's hand. */
  readonly drifted: readonly Plan['changes'][number][];
  /** Manifest changes that are not applied yet. */
  readonly pending: readonly Plan['changes'][number][];
  /** Written by somebody else in another form, of the same meaning: no drift. */
  readonly formatOnly: readonly { readonly address: string; readonly fields: readonly string[] }[];
  /** Fields that no server shows: held only against what lab wrote last. */
  readonly unverifiable: readonly { readonly address: string; readonly fields: readonly string[] }[];
  /** Addresses of what carries our mark, and neither manifest nor state knows. */
  readonly extra: readonly string[];
  /** Addresses of what others have where the manifest has something: not looked at any further. */
  readonly unmanaged: readonly string[];
  readonly deferred: readonly { readonly address: string; readonly because: string }[];
  readonly blind: readonly { readonly address: string; readonly because: string }[];
  readonly blocked: readonly { readonly address: string; readonly because: string }[];
  readonly inSync: number;
  readonly diagnostics: readonly Diagnostic[];
}
