import type { Change, Plan } from '../engine/change.ts';
import type { Emit, Event } from '../engine/event.ts';
import type { ApplyResult } from '../engine/outcome.ts';
import { actionWords } from './action.ts';
import { isActedOn } from './plan-summary.ts';
import type { Style } from './style.ts';
import { milliseconds, oneLine, shutGate, table } from './text.ts';

/** One phase as a screen shows it: one line, and below it what runs and what failed. */
export interface PhaseView {
  readonly phase: Change['phase'];
  /** left: it ended, and something in it was not done. */
  readonly state: 'running' | 'done' | 'left' | 'failed';
  readonly title: string;
  readonly below: readonly string[];
}

/** What an apply is doing right now. */
export interface Board {
  readonly emit: Emit;
  /** The phases that have something to do. */
  readonly views: () => PhaseView[];
  /** The end: what needed no write, and told nothing of itself, counts as done, too. */
  readonly close: (result: ApplyResult) => void;
}

interface Phase {
  readonly name: Change['phase'];
  /** Not ended yet. */
  readonly open: Set<string>;
  readonly done: Set<string>;
  readonly total: number;
  readonly running: Map<string, { readonly what: string; readonly since: number }>;
  readonly waits: Map<string, { because: string; readonly since: number }>;
  readonly failures: Map<string, string>;
  began: number | undefined;
  ended: number | undefined;
}

// More would push the phases off a small screen.
const mostLines = 8;

/** Follows an apply of this plan by its events; `now` in milliseconds. */
export const board = (plan: Plan, style: Style, now: () => number): Board => {
  const counted = plan.changes.filter((change) => isActedOn(change) || change.standing.is === 'deferred');
  const phases = (['bootstrap', 'production'] as const).flatMap((name) => {
    const open = new Set(counted.filter(({ phase }) => phase === name).map(({ address }) => address));
    return open.size === 0 ? [] : [newPhase(name, open)];
  });
  const phaseOf = new Map(counted.map(({ address, phase }) => [address, phases.find(({ name }) => name === phase)]));
  const behind = (gate: string): Phase[] => {
    const names = new Set(
      counted.flatMap(({ standing, phase }) => (standing.is === 'deferred' && standing.gate === gate ? [phase] : [])),
    );
    return names.size === 0 ? phases.slice(-1) : phases.filter(({ name }) => names.has(name));
  };
  return {
    emit: (event) => {
      if (event.type === 'reading') return;
      const touched = event.type === 'gate' ? behind(event.gate) : [phaseOf.get(event.address)];
      for (const phase of touched) if (phase !== undefined) follow(phase, event, now());
    },
    views: () => phases.map((phase) => viewOf(phase, style, now())),
    close: ({ done, unchanged }) => {
      for (const address of [...done, ...unchanged]) {
        const phase = phaseOf.get(address);
        if (phase?.open.delete(address) === true) phase.done.add(address);
      }
      for (const phase of phases) {
        phase.running.clear();
        phase.waits.clear();
        phase.ended ??= now();
      }
    },
  };
};

const newPhase = (name: Phase['name'], open: Set<string>): Phase => ({
  name,
  open,
  done: new Set(),
  total: open.size,
  running: new Map(),
  waits: new Map(),
  failures: new Map(),
  began: undefined,
  ended: undefined,
});

const follow = (phase: Phase, event: Exclude<Event, { type: 'reading' }>, time: number): void => {
  if (event.type === 'read') return;
  phase.began ??= time;
  switch (event.type) {
    case 'started':
      phase.running.set(event.address, { what: actionWords[event.action].doing, since: time });
      return;
    case 'waiting': {
      const since = phase.running.get(event.address)?.since ?? time;
      phase.running.set(event.address, { what: oneLine(event.for), since });
      return;
    }
    case 'gate':
      if (event.state === 'open') phase.waits.delete(event.gate);
      else phase.waits.set(event.gate, { because: event.because, since: phase.waits.get(event.gate)?.since ?? time });
      return;
    case 'done':
      phase.done.add(event.address);
      return end(phase, event.address, time);
    case 'failed':
      phase.failures.set(event.address, oneLine(event.diagnostic.message));
      return end(phase, event.address, time);
    case 'skipped':
      return end(phase, event.address, time);
  }
};

const end = (phase: Phase, address: string, time: number): void => {
  phase.running.delete(address);
  if (phase.open.delete(address) && phase.open.size === 0) phase.ended = time;
};

const viewOf = (phase: Phase, style: Style, time: number): PhaseView => {
  const { name, total, done, began, ended, failures } = phase;
  const progress = `${done.size} of ${total}`;
  const elapsed = began === undefined ? '' : (ended === undefined ? seconds : milliseconds)((ended ?? time) - began);
  const waits = [...phase.waits].map(
    ([gate, { because, since }]) => `${shutGate(gate, because)}   ${seconds(time - since)}`,
  );
  const ending = done.size === total ? 'done' : 'left';
  const state = failures.size > 0 ? 'failed' : ending;
  return {
    phase: name,
    state: ended === undefined ? 'running' : state,
    title: [name.padEnd(10), progress, ...(ended === undefined && waits.length > 0 ? waits : [elapsed])]
      .filter((text) => text !== '')
      .join('   '),
    below: [...failedLines(failures, style), ...(ended === undefined ? runningLines(phase, style, time) : [])],
  };
};

const failedLines = (failures: Phase['failures'], style: Style): string[] =>
  limited([...failures].map(([address, message]) => style.bad(`${address}  FAILED: ${message}`)));

const runningLines = ({ running, open }: Phase, style: Style, time: number): string[] => {
  const lines = limited(
    table([...running].map(([address, { what, since }]) => [seconds(time - since).padStart(4), address, what])),
  );
  const waiting = open.size - running.size;
  return [...lines, ...(waiting > 0 ? [style.quiet(`${waiting} waiting for their turn`)] : [])];
};

// What moves on the screen moves once a second.
const seconds = (ms: number): string => (ms < 60_000 ? `${Math.floor(ms / 1000)} s` : milliseconds(ms));

const limited = (lines: readonly string[]): string[] =>
  lines.length <= mostLines ? [...lines] : [...lines.slice(0, mostLines), `… ${lines.length - mostLines} more`];
