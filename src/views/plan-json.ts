import type { Action, Change, Diagnostic, FieldChange, Owner, Plan, Summary, System } from '../engine/change.ts';
import type { Origin } from '../engine/resource.ts';
import type { Document, Exit } from './document.ts';

/** One resource in the JSON of a plan. */
export interface ChangeDocument {
  readonly address: string;
  readonly identity: string;
  readonly kind: string;
  readonly phase: Change['phase'];
  /** deferred, blocked and blind stand alone: nothing else is known of those. */
  readonly actions: readonly (Action | 'deferred' | 'blocked' | 'blind')[];
  readonly ownership: Change['ownership'];
  readonly fields: readonly FieldChange[];
  readonly deferred?: { readonly gate: string; readonly reason: string };
  readonly blocked?: { readonly reason: string; readonly root: boolean };
  readonly blind?: { readonly reason: string };
  readonly missing?: true;
  readonly unverifiable?: readonly string[];
  readonly reformatted?: readonly string[];
  readonly protect?: string;
  readonly irreversible?: string;
  readonly previousAddress?: string;
  readonly notes: readonly string[];
  readonly dependsOn: readonly string[];
  readonly origin?: Origin;
}

/** `lab plan --json` and `lab show --json`. */
export interface PlanDocument extends Document {
  readonly toolVersion: string;
  readonly mode: Plan['mode'];
  /** Absent for a plan of the real systems. */
  readonly world?: 'sandbox';
  readonly applyable: boolean;
  readonly complete: boolean;
  readonly errored: boolean;
  readonly owner: Owner;
  /** Serial of the state that the plan was made with; absent without state. */
  readonly serial?: number;
  readonly scopes: readonly System[];
  readonly summary: Summary;
  readonly changes: readonly ChangeDocument[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The plan as a JSON document. */
export const planJson = (plan: Plan, exit: Exit): PlanDocument => ({
  formatVersion: 1,
  exit,
  toolVersion: plan.toolVersion,
  mode: plan.mode,
  ...(plan.world === undefined ? {} : { world: plan.world }),
  applyable: plan.applyable,
  complete: plan.complete,
  errored: plan.errored,
  owner: plan.owner,
  ...(plan.serial === undefined ? {} : { serial: plan.serial }),
  scopes: plan.systems,
  summary: plan.summary,
  changes: plan.changes.map(changeJson),
  diagnostics: plan.diagnostics,
});

/** One change as JSON. */
export const changeJson = (change: Change): ChangeDocument => ({
  address: change.address,
  identity: change.identity,
  kind: change.kind,
  phase: change.phase,
  ...standingJson(change),
  ownership: change.ownership,
  fields: change.fields,
  ...(change.missing === undefined ? {} : { missing: change.missing }),
  ...(change.unverifiable === undefined ? {} : { unverifiable: change.unverifiable }),
  ...(change.reformatted === undefined ? {} : { reformatted: change.reformatted }),
  ...(change.protect === undefined ? {} : { protect: change.protect }),
  ...(change.irreversible === undefined ? {} : { irreversible: change.irreversible }),
  ...(change.previousAddress === undefined ? {} : { previousAddress: change.previousAddress }),
  notes: change.notes,
  dependsOn: change.dependsOn,
  ...(change.origin === undefined ? {} : { origin: change.origin }),
});

const standingJson = ({
  standing,
  actions,
}: Change): Pick<ChangeDocument, 'actions' | 'deferred' | 'blocked' | 'blind'> => {
  switch (standing.is) {
    case 'planned':
      return { actions };
    case 'deferred':
      return { actions: ['deferred'], deferred: { gate: standing.gate, reason: standing.because } };
    case 'blocked':
      return { actions: ['blocked'], blocked: { reason: standing.because, root: standing.root } };
    case 'blind':
      return { actions: ['blind'], blind: { reason: standing.because } };
  }
};
