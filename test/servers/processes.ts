import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf } from './process-identity.ts';
import { forgetProcess, recordProcess } from './process-records.ts';
import { waitFor } from './wait.ts';

/** `parent`: ends with the Node process that started it. `detached`: lives on until somebody stops it. */
export type Lifetime = 'parent' | 'detached';

/** A server program to run. Log, pid file and whatever it writes to its HOME go to `dir`. */
export type Launch = {
  name: string;
  dir: string;
  command: string;
  args: readonly string[];
  environment?: Readonly<Record<string, string>>;
  lifetime: Lifetime;
  ready: () => Promise<boolean>;
  /** The signal that asks it to end; default SIGTERM. */
  end?: 'SIGTERM' | 'SIGINT';
};

/** A server that was ready once. */
export type RunningProcess = { name: string; pid: number; stop: () => Promise<void> };

const readySeconds = 120;
const stopSeconds = 5;
const endWithParent = new Set<ChildProcess>();
process.once('exit', () => endWithParent.forEach((child) => child.kill('SIGKILL')));

/** Starts a server and waits until it is ready. Fails with the end of its log, and then leaves nothing running. */
export async function startProcess(launch: Launch): Promise<RunningProcess> {
  mkdirSync(launch.dir, { recursive: true });
  const log = join(launch.dir, `${launch.name}.log`);
  const child = spawnLogged(launch, log);
  if (child.pid === undefined) await once(child, 'spawn');
  const pid = keepRecord(launch, child);

  const stop = async () => {
    await endChild(child, launch.end);
    endWithParent.delete(child);
    forgetProcess(launch.dir, launch.name);
  };
  try {
    await waitFor({
      what: `${launch.name} to be ready`,
      until: launch.ready,
      seconds: readySeconds,
      hopeless: () => (hasEnded(child) ? `it ended with ${child.exitCode ?? child.signalCode}` : undefined),
    });
  } catch (error) {
    await stop();
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\nThe end of ${log}:\n${tail(log)}`, { cause: error });
  }
  // By now a shim has become the program that it stands for, with another command line.
  keepRecord(launch, child);
  return { name: launch.name, pid, stop };
}

/** Stops servers one after the other; a failing stop does not keep the rest alive. */
export async function stopAll(running: readonly Pick<RunningProcess, 'stop'>[]): Promise<void> {
  const failures: unknown[] = [];
  for (const server of running) await server.stop().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, 'some servers could not be stopped');
}

function spawnLogged({ command, args, dir, environment, lifetime }: Launch, log: string) {
  const output = openSync(log, 'a');
  const child = spawn(command, args, {
    cwd: dir,
    // A server must not see the developer's own KUBECONFIG, VAULT_*, AWS_* or proxies.
    env: { PATH: process.env.PATH, HOME: dir, TMPDIR: process.env.TMPDIR, ...environment },
    stdio: ['ignore', output, output],
    detached: lifetime === 'detached',
  });
  closeSync(output);
  child.unref();
  return child;
}

/** Ends a child of this process, politely first. */
async function endChild(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const patience = setTimeout(() => child.kill('SIGKILL'), stopSeconds * 1000);
  await ended;
  clearTimeout(patience);
}

function keepRecord({ name, dir, lifetime }: Launch, child: ChildProcess): number {
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} could not be started`);
  if (lifetime === 'parent') endWithParent.add(child);
  recordProcess(dir, { name, pid, ...(identityOf(pid) ?? { startTime: '', command: '' }) });
  return pid;
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

const tail = (file: string): string => readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
