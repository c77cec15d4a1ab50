import type { Change, Plan } from '../engine/change.ts';
import { isDrifted } from '../engine/summary.ts';
import { actionWords, mainAction, standingSymbols } from './action.ts';
import { rootCauses } from './blocked.ts';
import { isActedOn } from './plan-summary.ts';
import type { Style } from './style.ts';
import { counted, grouped, oneLine } from './text.ts';

/** One line of a plan: for one change, or for several that are held up by one cause. */
export interface ChangeLine {
  readonly phase: Change['phase'];
  /** Symbol and address, then the reason. */
  readonly cells: readonly [string, string];
  /** Whose fields belong below it. */
  readonly change?: Change;
}

/** The lines of a plan in its order. Nothing for what is in sync; what one blocked resource holds up is one line. */
export const changeLines = ({ changes }: Plan, style: Style): ChangeLine[] => {
  const roots = rootCauses(changes);
  const isHeld = ({ address, standing }: Change) => standing.is === 'blocked' && roots.get(address) !== address;
  const held = new Map(
    grouped(changes.filter(isHeld), ({ address, phase }) => `${phase} ${roots.get(address)}`).flatMap(([, members]) =>
      members.map((member) => [member, members] as const),
    ),
  );
  return changes.flatMap((change): ChangeLine[] => {
    const group = held.get(change);
    if (group === undefined) return lineOf(change, style);
    if (group[0] !== change) return [];
    const { phase, address } = change;
    const [what, need] = group.length === 1 ? [address, 'needs'] : [`${group.length} resources`, 'need'];
    return [{ phase, cells: [style.bad(`${standingSymbols.blocked} ${what}`), `${need} ${roots.get(address)}`] }];
  });
};

const lineOf = (change: Change, style: Style): ChangeLine[] => {
  const cells = cellsOf(change, style);
  return cells === undefined ? [] : [{ phase: change.phase, cells, change }];
};

const cellsOf = (change: Change, style: Style): [string, string] | undefined => {
  const { address, standing } = change;
  const notes = change.notes.map(oneLine);
  switch (standing.is) {
    case 'planned': {
      if (!isActedOn(change) && !isDrifted(change)) return undefined;
      const { symbol, mood } = actionWords[mainAction(change.actions)];
      return [style[mood](`${symbol} ${address}`), [...reasonsOf(change, style), ...notes].join(', ')];
    }
    case 'deferred': {
      const until = `deferred until ${standing.gate}`;
      const reasons = [until, ...oneWayNote(change, style), ...notes];
      return [style.quiet(`${standingSymbols.deferred} ${address}`), reasons.join(', ')];
    }
    case 'blocked':
      return [style.bad(`${standingSymbols.blocked} ${address}`), [oneLine(standing.because), ...notes].join(', ')];
    case 'blind': {
      const why = `not checked: ${oneLine(standing.because)}`;
      return [style.change(`${standingSymbols.blind} ${address}`), [why, ...notes].join(', ')];
    }
  }
};

/** What is worth saying of an action beside its symbol. */
export const reasonsOf = (change: Change, style: Style): string[] => {
  const main = mainAction(change.actions);
  return [
    ...(change.actions.includes('move') && change.previousAddress !== undefined
      ? [`moved from ${change.previousAddress}`]
      : []),
    ...(change.missing === true ? ['is gone, though lab made it'] : []),
    ...(main === 'adopt' ? ['taken over whole'] : []),
    ...(main === 'replace' ? ['deleted and made again'] : []),
    ...(main === 'release' ? ['gives back the fields that lab set'] : []),
    ...(main === 'forget' ? ['only forgotten'] : []),
    ...(change.ownership === 'contributed' && main === 'update'
      ? [`contributes ${counted(change.fields.length, 'field')}`]
      : []),
    ...oneWayNote(change, style),
    ...(change.protect === undefined ? [] : [style.bad(`LOSES DATA: ${oneLine(change.protect)}`)]),
  ];
};

const oneWayNote = ({ irreversible }: Change, style: Style): string[] =>
  irreversible === undefined ? [] : [style.bad(`ONE-WAY: ${oneLine(irreversible)}`)];
