import type { Change } from './change.ts';
import type { Decision } from './decide.ts';
import { parsePath } from './path.ts';
import type { KindFacts } from './resource.ts';
import { inherits } from './traits.ts';

/** Why a fresh decision lies outside what was approved, or undefined if it lies within. */
export const beyondApproval = (
  approved: Change,
  fresh: Decision,
  facts: KindFacts,
  begunByUs: boolean,
): string | undefined => {
  if (fresh.actions.every((action) => action === 'none')) return undefined;
  switch (approved.standing.is) {
    case 'planned':
      return beyondPlanned(approved, fresh, facts, begunByUs);
    case 'deferred':
      if (begunByUs || fresh.actions.every((action) => action === 'create')) return undefined;
      return `it was approved to be created or used, and now it would be: ${fresh.actions.join(', ')}`;
    case 'blind':
      return `it could not be looked at when the plan was made, and now it would be: ${fresh.actions.join(', ')}`;
    case 'blocked':
      return approved.standing.because;
  }
};

const beyondPlanned = (approved: Change, fresh: Decision, facts: KindFacts, begunByUs: boolean): string | undefined => {
  // What an interrupted write of this run left half-done may be finished.
  const finishing = begunByUs && fresh.actions.every((action) => action === 'update');
  if (!finishing && fresh.actions.join() !== approved.actions.join()) {
    return `the plan says ${approved.actions.join(', ')}, and now it would be: ${fresh.actions.join(', ')}`;
  }
  if (!finishing && fresh.observed !== approved.observed) return 'it has changed since the plan was made';
  const opened = approved.fields.filter((field) => 'unknown' in field.after);
  if (opened.length === 0 && fresh.desired !== approved.desired)
    return 'what is wanted has changed since the plan was made';
  const sensitive = opened.find(({ path }) =>
    (['destination', 'grant'] as const).some((trait) => inherits(facts, parsePath(path), trait)),
  );
  return sensitive === undefined ? undefined : `${sensitive.path} was not known when the plan was approved`;
};
