import type { Action, Change, Summary } from './change.ts';

/** Counts of a plan. A change that is deferred, blind or blocked counts as that and as nothing else. */
export const summarise = (changes: readonly Change[]): Summary => {
  const planned = changes.filter((change) => change.standing.is === 'planned');
  const acting = (...actions: Action[]) =>
    planned.filter((change) => change.actions.some((action) => actions.includes(action))).length;
  const standing = (is: Change['standing']['is']) => changes.filter((change) => change.standing.is === is).length;
  return {
    create: acting('create', 'recover'),
    update: acting('update', 'finish', 'release'),
    replace: acting('replace'),
    delete: acting('delete'),
    move: acting('move'),
    adopt: acting('adopt'),
    none: planned.filter((change) => change.actions.every((action) => action === 'none' || action === 'forget')).length,
    deferred: standing('deferred'),
    blocked: standing('blocked'),
    blind: standing('blind'),
    drifted: changes.filter(isDrifted).length,
  };
};

/** Whether somebody else's hand shows in a change. */
export const isDrifted = (change: Change): boolean =>
  change.missing === true || change.fields.some((field) => field.cause === 'drift' || field.cause === 'both');

/** Whether the manifest asks for something that is not applied yet. */
export const isPending = (change: Change): boolean =>
  change.actions.some((action) => action !== 'none' && action !== 'forget') &&
  (change.fields.some((field) => field.cause !== 'drift' && field.kept !== true) ||
    (change.missing !== true && change.fields.length === 0) ||
    (change.missing !== true && (change.actions.includes('create') || change.actions.includes('recover'))));
