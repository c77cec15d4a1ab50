import type { Change, Plan } from './change.ts';
import type { Inventory } from './inventory.ts';
import type { DriftReport } from './outcome.ts';
import { isDrifted, isPending } from './summary.ts';

/** The plan seen from the live side: what somebody else did, told apart from what the manifest still asks for. */
export const driftOf = (plan: Plan, { extra, unmanaged }: Inventory = nothing): DriftReport => {
  const lookedAt = plan.changes.filter((change) => change.standing.is === 'planned');
  const drifted = lookedAt.filter(isDrifted);
  const pending = lookedAt.filter(isPending);
  return {
    formatVersion: 1,
    owner: plan.owner,
    lost: plan.systems.flatMap(({ provider, lost }) => (lost === undefined ? [] : [{ provider, because: lost }])),
    drifted,
    pending,
    formatOnly: fieldsOf(lookedAt, ({ reformatted }) => reformatted),
    unverifiable: fieldsOf(lookedAt, (change) => change.unverifiable),
    extra,
    unmanaged,
    deferred: reasons(plan.changes, 'deferred'),
    blind: reasons(plan.changes, 'blind'),
    blocked: reasons(plan.changes, 'blocked'),
    inSync: lookedAt.filter((change) => !drifted.includes(change) && !pending.includes(change)).length,
    diagnostics: plan.diagnostics,
  };
};

const nothing: Inventory = { extra: [], unmanaged: [] };

const fieldsOf = (changes: readonly Change[], of: (change: Change) => readonly string[] | undefined) =>
  changes.flatMap((change) => {
    const fields = of(change);
    return fields === undefined ? [] : [{ address: change.address, fields }];
  });

const reasons = (changes: readonly Change[], is: 'deferred' | 'blind' | 'blocked') =>
  changes.flatMap(({ address, standing }) =>
    standing.is === is && 'because' in standing ? [{ address, because: standing.because }] : [],
  );
