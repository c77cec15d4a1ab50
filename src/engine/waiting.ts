import { LabError } from '../errors.ts';
import { providerOf } from './address.ts';
import type { Emit } from './event.ts';
import { brokenGate } from './gate.ts';
import { pause } from './pause.ts';
import type { BoundKind } from './resource.ts';
import type { Fields } from './value.ts';
import type { World } from './world.ts';

/** Pauses between looks: most objects are ready at once, and a server that takes minutes is not asked every moment. */
const pauseMs = (looks: number): number => Math.min(100 * 2 ** looks, 1000);
/** How long a written object may take to become ready. */
const settleMs = 5 * 60_000;
/** How long a gate that this manifest opens may take. */
const ownGateMs = 10 * 60_000;

/** Milliseconds in which nothing was worked on: everything waited for servers. */
export interface Stopwatch {
  working<T>(work: () => Promise<T>): Promise<T>;
  waitedMs(): number;
}

/** Counts the time in which no work was under way. */
export const stopwatch = (): Stopwatch => {
  let [active, waited, since] = [0, 0, performance.now()];
  return {
    working: async (work) => {
      if (active++ === 0) waited += performance.now() - since;
      try {
        return await work();
      } finally {
        if (--active === 0) since = performance.now();
      }
    },
    waitedMs: () => Math.round(waited + (active === 0 ? performance.now() - since : 0)),
  };
};

/** Waits for gates: one poller a gate, however many resources stand behind it. */
export interface Gatekeeper {
  /** undefined once open; otherwise why it is still shut when the time is up. Throws for one that is broken. `ours`: this manifest opens it. */
  open(gate: string, ours: boolean): Promise<string | undefined>;
}

/** How long to wait: `wait` is in seconds, undefined for not at all. */
export interface Patience {
  readonly wait: number | undefined;
  /** Once something has failed, gates that others open are waited for no longer: they may wait for what failed. */
  readonly hasFailed: () => boolean;
  readonly signal: AbortSignal;
}

/** A gatekeeper for one apply. */
export const gatekeeper = (world: World, { wait, hasFailed, signal }: Patience, emit: Emit): Gatekeeper => {
  const started = performance.now();
  const pollers = new Map<string, Promise<string | undefined>>();
  const poll = async (gate: string, ours: boolean, deadline: number): Promise<string | undefined> => {
    for (let looks = 0; ; looks++) {
      const state = await world.connections.get(providerOf(gate))?.gate(gate);
      if (state === undefined) return `the manifest does not say how to reach ${providerOf(gate)}`;
      if (state.state === 'open') {
        emit({ type: 'gate', gate, state: 'open', because: '' });
        return undefined;
      }
      if (state.state === 'broken') throw brokenGate(state);
      if (performance.now() >= deadline) return state.because;
      if (!ours && hasFailed()) return `${state.because}; not waited for after a failure`;
      emit({ type: 'gate', gate, state: 'waiting', because: state.because });
      await pause(pauseMs(looks), signal);
    }
  };
  return {
    open: (gate, ours) => {
      const deadline = ours ? performance.now() + ownGateMs : started + (wait ?? 0) * 1000;
      const poller = pollers.get(gate) ?? poll(gate, ours, deadline);
      pollers.set(gate, poller);
      return poller;
    },
  };
};

/** Polls until what was written has taken effect. Throws NOT_SETTLED with the server's reason. */
export const untilSettled = async (
  kind: BoundKind,
  target: { address: string; id: readonly string[]; spec: Fields },
  signal: AbortSignal,
  emit: Emit,
): Promise<void> => {
  const started = performance.now();
  for (let looks = 0; ; looks++) {
    const settled = await kind.settled(target.id, target.spec);
    if (settled === undefined || settled.state === 'done') return;
    const seconds = Math.round((performance.now() - started) / 1000);
    if (settled.state === 'failed') {
      const next = settled.next === undefined ? {} : { next: settled.next };
      throw new LabError('NOT_SETTLED', settled.because, { address: target.address, ...next });
    }
    if (performance.now() - started > settleMs) {
      throw new LabError('NOT_SETTLED', `${settled.because} (waited ${seconds} s)`, { address: target.address });
    }
    emit({ type: 'waiting', address: target.address, for: settled.because });
    await pause(pauseMs(looks), signal);
  }
};
