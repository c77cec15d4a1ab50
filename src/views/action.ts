import type { Action, Standing } from '../engine/change.ts';

/** How an action looks and what it is called, before, while and after. */
export interface ActionWords {
  readonly symbol: string;
  readonly toDo: string;
  readonly doing: string;
  readonly done: string;
  readonly mood: 'good' | 'change' | 'bad' | 'quiet';
}

/** The one table of symbols and words for actions. */
export const actionWords = {
  create: { symbol: '+', toDo: 'to create', doing: 'creating', done: 'created', mood: 'good' },
  update: { symbol: '~', toDo: 'to change', doing: 'changing', done: 'changed', mood: 'change' },
  replace: { symbol: '±', toDo: 'to replace', doing: 'replacing', done: 'replaced', mood: 'bad' },
  delete: { symbol: '-', toDo: 'to delete', doing: 'deleting', done: 'deleted', mood: 'bad' },
  finish: { symbol: '~', toDo: 'to finish', doing: 'finishing', done: 'finished', mood: 'change' },
  release: { symbol: '<', toDo: 'to release', doing: 'releasing', done: 'released', mood: 'change' },
  forget: { symbol: 'x', toDo: 'to forget', doing: 'forgetting', done: 'forgotten', mood: 'quiet' },
  move: { symbol: '→', toDo: 'to move', doing: 'moving', done: 'moved', mood: 'change' },
  recover: { symbol: '^', toDo: 'to recover', doing: 'recovering', done: 'recovered', mood: 'good' },
  adopt: { symbol: '*', toDo: 'to adopt', doing: 'adopting', done: 'adopted', mood: 'change' },
  none: { symbol: '=', toDo: 'in sync', doing: 'checking', done: 'in sync', mood: 'quiet' },
} as const satisfies Record<Action, ActionWords>;

/** Symbols for what could not be worked out. */
export const standingSymbols = {
  deferred: '>',
  blocked: '!',
  blind: '?',
} as const satisfies Record<Exclude<Standing['is'], 'planned'>, string>;

// Of several actions on one object the most drastic one gives the symbol.
const byWeight: readonly Action[] = [
  'delete',
  'replace',
  'create',
  'recover',
  'adopt',
  'update',
  'finish',
  'release',
  'forget',
  'move',
];

/** The action that a line stands for. */
export const mainAction = (actions: readonly Action[]): Action =>
  byWeight.find((action) => actions.includes(action)) ?? 'none';
