import type { Emit, Event } from '../engine/event.ts';
import { actionWords } from './action.ts';
import { counted, milliseconds, oneLine } from './text.ts';

/** Where progress goes and what time it is, in milliseconds. */
export interface ProgressSink {
  readonly line: (text: string) => void;
  readonly now: () => number;
}

const quietMs = 10_000;

/** Events as plain lines, for a log as well as for a screen. The same wait is told at most every ten seconds. */
export const progressLines = (sink: ProgressSink): Emit => {
  const toldAt = new Map<string, number>();
  const nowAndThen = (wait: string, text: string) => {
    const last = toldAt.get(wait);
    if (last !== undefined && sink.now() - last < quietMs) return;
    toldAt.set(wait, sink.now());
    sink.line(text);
  };
  return (event) => {
    switch (event.type) {
      case 'waiting':
        return nowAndThen(`address ${event.address}`, `${event.address}  waiting: ${oneLine(event.for)}`);
      case 'gate':
        if (event.state === 'open') {
          // Open at the first look is nothing to tell.
          if (toldAt.delete(`gate ${event.gate}`)) sink.line(`${event.gate} is open`);
          return;
        }
        return nowAndThen(`gate ${event.gate}`, `waiting for ${event.gate}: ${oneLine(event.because)}`);
      case 'reading':
      case 'read':
      case 'started':
      case 'done':
      case 'failed':
      case 'skipped':
        return linesOf(event).forEach(sink.line);
    }
  };
};

// What is read is too much to tell, and what is skipped is counted at the end beside its cause.
const linesOf = (event: Exclude<Event, { type: 'waiting' | 'gate' }>): string[] => {
  switch (event.type) {
    case 'reading':
      return [`Reading ${counted(event.total, 'object')} …`];
    case 'started':
      return event.action === 'none' ? [] : [`${event.address}  ${actionWords[event.action].doing} …`];
    case 'done':
      return event.action === 'none'
        ? []
        : [`${event.address}  ${actionWords[event.action].done} (${milliseconds(event.ms)})`];
    case 'failed':
      return [`${event.address}  FAILED: ${oneLine(event.diagnostic.message)}`];
    case 'read':
    case 'skipped':
      return [];
  }
};
