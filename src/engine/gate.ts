/**
 * A condition of a system, `vault.active` or `external-secrets.crd/externalsecrets.external-secrets.io`; the text before
 * the first dot is the provider that can tell. shut: not yet, an ordinary input of the plan. broken: it should have been
 * open, because the manifest says the system is `expected`.
 */
export type GateState =
  | { readonly state: 'open' }
  | { readonly state: 'shut'; readonly because: string }
  | { readonly state: 'broken'; readonly because: string; readonly next?: string };
