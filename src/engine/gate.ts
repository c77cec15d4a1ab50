/**
 * A condition of a system: `vault.active`, `crd/externalsecrets.external-secrets.io`.
 * shut: not yet, an ordinary input of the plan. broken: it should have been open (installed as `expected`).
 */
export type GateState =
  | { readonly state: 'open' }
  | { readonly state: 'shut'; readonly because: string }
  | { readonly state: 'broken'; readonly because: string; readonly next?: string };

/** Full gate names are `provider:condition`, so that the engine knows whom to ask: `kubernetes:crd/externalsecrets.external-secrets.io`. */
export const gateProvider = (gate: string): string => gate.slice(0, gate.indexOf(':'));

/** The provider's own name of the gate. */
export const gateCondition = (gate: string): string => gate.slice(gate.indexOf(':') + 1);
