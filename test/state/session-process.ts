import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Timing } from '../../src/state/cluster/timing.ts';
import type { JournalEntry } from '../../src/state/store.ts';

/** A state in a cluster, for another process. */
export interface SessionCluster {
  readonly kubeconfig: string;
  readonly context: string;
  readonly namespace: string;
  readonly timing?: Timing;
}

/** What a run in another process does with a state: in a folder, or in a cluster. */
export interface SessionScript {
  readonly where: { readonly folder: string } | SessionCluster;
  readonly name: string;
  readonly environment: string;
  readonly entries: readonly JournalEntry[];
  /**
   * die: SIGKILL without close. hold: keep the lock until killed. on: append one more at the next go(), then close.
   * repeat: open, append one more record, close, for ever.
   */
  readonly ending: 'die' | 'hold' | 'on' | 'close' | 'repeat';
  /** Blocks of 512 bytes that a file may grow to, as if the disk were full. */
  readonly fileLimit?: number;
}

/** Another process at work: what it says, line by line, and its end. */
export interface SessionProcess {
  readonly pid: number;
  readonly lines: readonly string[];
  /** Lets it begin, once it has said `ready` or will. */
  go(): void;
  /** Its first line like this; rejects if it ends without. */
  said(wanted: RegExp): Promise<string>;
  kill(): Promise<void>;
  /** Stops it as a laptop that sleeps, and lets it go on. */
  sleep(): void;
  wake(): void;
  ended(): Promise<void>;
}

const script = fileURLToPath(new URL('session-script.ts', import.meta.url));

/** Starts a process that waits for go() and then works on a state. */
export const startSession = (given: SessionScript): SessionProcess => {
  const node = [process.execPath, script, JSON.stringify(given)];
  const limited = ['sh', '-c', `ulimit -f ${given.fileLimit}; exec "$0" "$@"`, ...node];
  const [command = '', ...words] = given.fileLimit === undefined ? node : limited;
  const child: ChildProcess = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  let isClosed = false;
  const closed = once(child, 'close').then(() => {
    isClosed = true;
  });
  const lines: string[] = [];
  const { stdout, stdin, pid } = child;
  if (stdout === null || stdin === null || pid === undefined) throw new Error('the process did not start');
  const reader = createInterface(stdout);
  reader.on('line', (line) => lines.push(line));
  return {
    pid,
    lines,
    go: () => stdin.write('go\n'),
    said: async (wanted) => {
      for (;;) {
        const found = lines.find((line) => wanted.test(line));
        if (found !== undefined) return found;
        if (isClosed) throw new Error(`the process ended without saying ${wanted}: ${lines.join(' | ')}`);
        await Promise.race([once(reader, 'line'), closed]);
      }
    },
    sleep: () => child.kill('SIGSTOP'),
    wake: () => child.kill('SIGCONT'),
    kill: async () => {
      child.kill('SIGKILL');
      await closed;
    },
    ended: async () => {
      await closed;
    },
  };
};

/** Runs a whole session in another process; returns what it said. */
export const runSession = async (given: SessionScript): Promise<readonly string[]> => {
  const session = startSession(given);
  session.go();
  await session.ended();
  return session.lines;
};
