import { type ErrorCode, LabError } from '../errors.ts';

/**
 * A condition of a system, `vault.active` or `external-secrets.crd/externalsecrets.external-secrets.io`; the text before
 * the first dot is the provider that can tell. shut: not yet, an ordinary input of the plan. broken: it should have been
 * open, because the manifest says the system is `expected`.
 */
export type GateState = { readonly state: 'open' } | { readonly state: 'shut'; readonly because: string } | BrokenGate;

/** `code`: what kind of error that is; GUARD for a system that lab will have nothing to do with. Default UNREACHABLE. */
export interface BrokenGate {
  readonly state: 'broken';
  readonly because: string;
  readonly next?: string;
  readonly code?: ErrorCode;
}

/** What is thrown of a gate that should have been open. */
export const brokenGate = ({ code = 'UNREACHABLE', because, next }: BrokenGate): LabError =>
  new LabError(code, because, next === undefined ? {} : { next });
