import { LabError } from '../errors.ts';
import { canonicalJson, digest } from './canonical.ts';
import type { Change, Plan } from './change.ts';
import { summarise } from './summary.ts';
import type { Json } from './value.ts';

/** A plan as the file that --out writes: canonical JSON, one line, no secret. */
export const savedPlanText = (plan: Plan): string => `${canonicalJson(toJson(plan))}\n`;

/** What a saved plan is known by: its content, when it was made included. */
export const planDigest = (plan: Plan): string => digest(toJson(plan));

const toJson = (plan: Plan): Json => JSON.parse(JSON.stringify(plan));

/** Reads what savedPlanText() wrote. Throws BAD_MANIFEST for anything else, STALE for another version's plan. */
export const readSavedPlan = (text: string): Plan => {
  const parsed = parse(text);
  if (parsed === undefined || !('formatVersion' in parsed) || !('changes' in parsed)) {
    throw new LabError('BAD_MANIFEST', 'this file is not a saved plan', {
      next: 'Make one with: lab plan --out plan.lab.json',
    });
  }
  if (parsed.formatVersion !== 1) {
    throw new LabError('STALE', `the plan has format ${String(parsed.formatVersion)}, and this lab reads format 1`);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the file only narrows what apply derives by itself: a wrong one refuses, it permits nothing
  return parsed as Plan;
};

const parse = (text: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

/** A fresh plan narrowed to what was saved: nothing is done that the file does not hold, and what moved since is refused. */
export const compareWithSaved = (
  saved: Plan,
  fresh: Plan,
): { plan: Plan; refused: readonly { address: string; because: string }[] } => {
  if (saved.inputs !== fresh.inputs) {
    throw new LabError(
      'STALE',
      'the manifest, its environment or its variables have changed since the plan was saved',
      {
        next: 'Plan again: lab plan --out plan.lab.json',
      },
    );
  }
  const before = new Map(saved.changes.map((change) => [change.identity, change]));
  const byAddress = new Map(saved.changes.map((change) => [change.address, change]));
  const refused: { address: string; because: string }[] = [];
  const changes = fresh.changes.filter((change) => {
    const because = moved(before.get(change.identity) ?? byAddress.get(change.address), change);
    if (because !== undefined) refused.push({ address: change.address, because });
    return because === undefined;
  });
  return { plan: { ...fresh, changes, summary: summarise(changes) }, refused };
};

const acts = (change: Change): boolean => change.actions.some((action) => action !== 'none');

const moved = (saved: Change | undefined, fresh: Change): string | undefined => {
  if (!acts(fresh) && fresh.standing.is === 'planned') return undefined;
  if (saved === undefined) return 'it is not in the saved plan';
  if (saved.standing.is === 'deferred') {
    const within = fresh.standing.is === 'deferred' || fresh.actions.every((action) => action === 'create');
    return within ? undefined : `it was saved as deferred, and now it would be: ${fresh.actions.join(', ')}`;
  }
  if (saved.standing.is !== fresh.standing.is)
    return `it was ${saved.standing.is} when the plan was saved, and is ${fresh.standing.is} now`;
  if (saved.actions.join() !== fresh.actions.join())
    return `the saved plan says ${saved.actions.join(', ')}, and now it would be: ${fresh.actions.join(', ')}`;
  if (saved.desired !== fresh.desired) return 'what is wanted has changed';
  return saved.observed === fresh.observed ? undefined : 'the live object has changed';
};
