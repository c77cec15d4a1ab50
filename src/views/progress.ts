import type { Emit, Event } from '../engine/event.ts';
import type { ApplyResult } from '../engine/outcome.ts';
import { actionWords } from './action.ts';
import { counted, milliseconds, oneLine, shutGate } from './text.ts';

/** Shows what an apply is doing. */
export interface Progress {
  readonly emit: Emit;
  /** Gets out of the way while a question is asked. */
  readonly pause: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** The last that is drawn; without a result if the apply did not come to one. */
  readonly end: (result: ApplyResult | undefined) => Promise<void>;
}

/** Where lines go, what time it is in milliseconds, and how to do something later unless it is called off. */
export interface ProgressSink {
  readonly line: (text: string) => void;
  readonly now: () => number;
  readonly later: (ms: number, work: () => void) => () => void;
}

/** Lines on a stream, by the clock. */
export const sinkTo = (line: (text: string) => void): ProgressSink => ({
  line,
  now: Date.now,
  later: (ms, work) => {
    const timer = setTimeout(work, ms).unref();
    return () => clearTimeout(timer);
  },
});

/** Progress as plain lines. */
export const plainProgress = (sink: ProgressSink): Progress => ({
  emit: progressLines(sink),
  pause: (work) => work(),
  end: async () => {},
});

const againMs = 10_000;
const shortMs = 2_000;

/** Events as plain lines, for a log. What is over soon has one line, at its end; the same wait is told at most every ten seconds. */
export const progressLines = (sink: ProgressSink): Emit => {
  const waits = new Map<string, { readonly since: number; told: number }>();
  const starts = new Map<string, () => void>();
  const wait = (name: string, patienceMs: number, text: string) => {
    const now = sink.now();
    const known = waits.get(name) ?? { since: now, told: Number.NEGATIVE_INFINITY };
    waits.set(name, known);
    if (now - known.since < patienceMs || now - known.told < againMs) return;
    known.told = now;
    sink.line(text);
  };
  const over = (address: string) => {
    starts.get(address)?.();
    starts.delete(address);
    waits.delete(`address ${address}`);
  };
  return (event) => {
    switch (event.type) {
      case 'reading':
        return sink.line(`Reading ${counted(event.total, 'object')} …`);
      case 'waiting':
        return wait(`address ${event.address}`, shortMs, `${event.address}  waiting: ${oneLine(event.for)}`);
      case 'gate':
        if (event.state === 'waiting') {
          return wait(`gate ${event.gate}`, 0, shutGate(event.gate, event.because));
        }
        // Open at the first look is nothing to tell.
        if (waits.delete(`gate ${event.gate}`)) sink.line(`${event.gate} is open`);
        return;
      case 'started': {
        if (event.action === 'none') return;
        const text = `${event.address}  ${actionWords[event.action].doing} …`;
        starts.set(
          event.address,
          sink.later(shortMs, () => sink.line(text)),
        );
        return;
      }
      case 'done':
      case 'failed':
        over(event.address);
        return endLines(event).forEach(sink.line);
      case 'read':
      case 'skipped':
        // What is read is too much to tell, and what is skipped is counted at the end beside its cause.
        return;
    }
  };
};

const endLines = (event: Extract<Event, { type: 'done' | 'failed' }>): string[] => {
  if (event.type === 'failed') return [`${event.address}  FAILED: ${oneLine(event.diagnostic.message)}`];
  return event.action === 'none'
    ? []
    : [`${event.address}  ${actionWords[event.action].done} (${milliseconds(event.ms)})`];
};
