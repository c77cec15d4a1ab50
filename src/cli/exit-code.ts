import type { Change, Diagnostic, Plan } from '../engine/change.ts';
import type { ApplyResult, DriftReport } from '../engine/outcome.ts';
import { isDrifted, isPending } from '../engine/summary.ts';
import type { VerifyReport } from '../engine/verify.ts';
import type { ErrorCode } from '../errors.ts';
import type { Exit } from '../views/document.ts';

/** Exit codes by condition; 0 is none of these. When several hold, the first in this order decides. */
export const exitCodes = {
  error: 1,
  refused: 5,
  stale: 6,
  locked: 7,
  cancelled: 8,
  drift: 3,
  incomplete: 4,
  pending: 2,
} as const;

/** What can be other than "done" or "in sync". */
export type Condition = keyof typeof exitCodes;

const all: readonly Condition[] = [
  'error',
  'refused',
  'stale',
  'locked',
  'cancelled',
  'drift',
  'incomplete',
  'pending',
];

/** Done, or in sync. */
export const success: Exit = { code: 0, conditions: [] };

/** The exit for conditions that hold or not. */
export const exitFor = (holds: Readonly<Partial<Record<Condition, boolean>>>): Exit => {
  const conditions = all.filter((condition) => holds[condition] === true);
  const [first] = conditions;
  return { code: first === undefined ? 0 : exitCodes[first], conditions };
};

/** Addresses that are deferred behind a gate that the user said may stay shut. */
export const allowedAddresses = (plan: Plan, gates: readonly string[]): ReadonlySet<string> =>
  new Set(
    plan.changes
      .filter(({ standing }) => standing.is === 'deferred' && gates.includes(standing.gate))
      .map(({ address }) => address),
  );

/** The conditions of what failed: lab's own refusals are told from all else. */
const failures = (diagnostics: readonly Diagnostic[]): { readonly error: boolean; readonly refused: boolean } => {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return { error: errors.some(({ code }) => code !== 'GUARD'), refused: errors.some(({ code }) => code === 'GUARD') };
};

/** Of a plan. Without `detailed` it is 0 or that of what failed, whatever is pending; the conditions are told all the same. */
export const planExit = (
  plan: Plan,
  flags: { readonly detailed: boolean; readonly allowDeferred: readonly string[] },
): Exit => {
  const allowed = allowedAddresses(plan, flags.allowDeferred);
  const isLeftOut = ({ standing, address }: Change) => standing.is !== 'planned' && !allowed.has(address);
  const exit = exitFor({
    ...failures(plan.diagnostics),
    drift: plan.systems.some(({ lost }) => lost !== undefined) || plan.changes.some(isDrifted),
    incomplete: plan.changes.some(isLeftOut),
    pending: plan.changes.some((change) => change.standing.is === 'planned' && isPending(change)),
  });
  return flags.detailed || plan.errored ? exit : { ...exit, code: 0 };
};

/** Of an apply or destroy; `stale`: addresses of a saved plan that no longer fit and were left out. */
export const applyExit = (
  result: ApplyResult,
  given: { readonly stale: ReadonlySet<string>; readonly allowed: ReadonlySet<string> },
): Exit => {
  const { error, refused } = failures(result.diagnostics);
  return exitFor({
    error: error || (result.failed.length > 0 && !refused),
    refused: refused || result.refused.some(({ address }) => !given.stale.has(address)),
    stale: given.stale.size > 0,
    cancelled: result.cancelled,
    incomplete: result.deferred.some(({ address }) => !given.allowed.has(address)),
  });
};

/** Of a drift report. */
export const driftExit = (report: DriftReport, allowed: ReadonlySet<string>): Exit =>
  exitFor({
    ...failures(report.diagnostics),
    drift: report.lost.length + report.drifted.length > 0,
    incomplete:
      report.blind.length + report.blocked.length > 0 || report.deferred.some(({ address }) => !allowed.has(address)),
    pending: report.pending.length > 0,
  });

/** Of a verify report. */
export const verifyExit = (report: VerifyReport, allowDeferred: readonly string[]): Exit => {
  const probes = report.verified.flatMap((resource) => resource.probes);
  const { error, refused } = failures(report.diagnostics);
  return exitFor({
    error: error || probes.some(({ is }) => is === 'failed'),
    refused,
    incomplete:
      report.unchecked.some(({ gate }) => gate === undefined || !allowDeferred.includes(gate)) ||
      probes.some(({ is }) => is === 'untried'),
  });
};

const conditionOf = (code: ErrorCode): Condition => {
  switch (code) {
    case 'GUARD':
      return 'refused';
    case 'STALE':
      return 'stale';
    case 'LOCKED':
      return 'locked';
    case 'CANCELLED':
      return 'cancelled';
    case 'BAD_MANIFEST':
    case 'BAD_STATE':
    case 'CYCLE':
    case 'UNREACHABLE':
    case 'UNAUTHENTICATED':
    case 'DENIED':
    case 'CONFLICT':
    case 'MOVED':
    case 'REJECTED':
    case 'NOT_SETTLED':
    case 'MISSING_SOURCE':
      return 'error';
  }
};

/** Of a command that ended in a LabError. */
export const errorExit = (code: ErrorCode): Exit => exitFor({ [conditionOf(code)]: true });
