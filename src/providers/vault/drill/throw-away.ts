import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LabError } from '../../../errors.ts';
import { claim, folderPrefix, recordVault, removeLeftovers } from './leftovers.ts';

/** A Vault that runs in a temporary folder of its own, and is reached through a socket in it by its user alone. */
export interface ThrowAway {
  readonly folder: string;
  readonly socket: string;
  /** Whether it can reach nothing but itself. */
  readonly isolated: boolean;
  /** Ends it, and starts it with the same storage. */
  restart(): Promise<void>;
  /** Ends it and removes the folder. */
  destroy(): Promise<void>;
}

/** What it is started from. */
export interface ThrowAwayOptions {
  /** The program `vault` or `bao`: a file, or a name on PATH. */
  readonly program: string;
  /** Consent to a network: without it, it is started where there is none. */
  readonly network: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const startMs = 20_000;

/** Starts it with empty storage. Throws GUARD where it cannot be kept from the network. */
export const startThrowAway = async ({ program, network, env, signal, say }: ThrowAwayOptions): Promise<ThrowAway> => {
  const vault = await found(program, env['PATH'] ?? '');
  if (vault === undefined) {
    throw new LabError('MISSING_SOURCE', `there is no program ${program}`, {
      next: 'A drill rebuilds Vault with its own program: install vault, or bao for an OpenBao, on this machine, or name it with --vault-program FILE.',
    });
  }
  const unshare = network ? undefined : await found('unshare', env['PATH'] ?? '');
  if (!network && (unshare === undefined || !(await canIsolate(unshare)))) throw notIsolated();
  for (const left of await removeLeftovers(tmpdir())) say(`removed what a drill that was killed has left: ${left}`);
  const folder = await mkdtemp(join(tmpdir(), folderPrefix));
  const socket = join(folder, 'vault.sock');
  let child: ChildProcess | undefined;
  const end = async (signalName: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signalName);
    await exited;
  };
  const destroy = async (): Promise<void> => {
    await end('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  };
  const start = async (): Promise<void> => {
    await rm(socket, { force: true });
    const words = [vault, 'server', `-config=${join(folder, 'vault.json')}`];
    const [command = vault, ...rest] = unshare === undefined ? words : [unshare, ...isolation, '--', ...words];
    child = spawn(command, rest, { cwd: folder, env: { HOME: folder, PATH: env['PATH'] }, stdio: 'ignore' });
    if (child.pid !== undefined) recordVault(folder, child.pid);
    // What cannot be started shows in that it does not listen.
    child.on('error', () => {});
    await untilThere(socket, child, signal);
  };
  try {
    await claim(folder);
    await mkdir(join(folder, 'raft'));
    await writeFile(join(folder, 'vault.json'), JSON.stringify(configuration(folder, socket, network)));
    await start();
  } catch (error) {
    await destroy();
    throw error;
  }
  return {
    folder,
    socket,
    isolated: unshare !== undefined,
    restart: async () => {
      await end('SIGTERM');
      await start();
    },
    destroy,
  };
};

const isolation = ['--user', '--map-current-user', '--net'];

// In a network of its own any port is free, and nobody else is there.
const configuration = (folder: string, socket: string, network: boolean) => {
  const host = network ? '127.0.0.1' : '0.0.0.0';
  const port = network ? 0 : 8200;
  return {
    storage: { raft: { path: join(folder, 'raft'), node_id: 'drill', performance_multiplier: 1 } },
    listener: [
      // OpenBao makes no root token by shares unless its listener says so; Vault passes that over.
      { unix: { address: socket, socket_mode: '0600', disable_unauthed_generate_root_endpoints: false } },
      // Raft wants an address of its cluster, though it is alone; nobody is told of this one.
      { tcp: { address: `${host}:${port}`, cluster_address: `${host}:${network ? 0 : 8201}`, tls_disable: true } },
    ],
    api_addr: 'http://127.0.0.1:8200',
    cluster_addr: 'https://127.0.0.1:8201',
    disable_mlock: true,
  };
};

const untilThere = async (socket: string, child: ChildProcess, signal: AbortSignal): Promise<void> => {
  const until = performance.now() + startMs;
  while (!(await exists(socket))) {
    if (signal.aborted) throw new LabError('CANCELLED', 'stopped while the throw-away Vault started');
    if (child.exitCode !== null || performance.now() > until) {
      throw new LabError('NOT_SETTLED', 'the throw-away Vault did not start', {
        next: 'Try the program by hand: vault server -dev. It has to be one that knows raft.',
      });
    }
    await pause(50);
  }
};

const found = async (program: string, path: string): Promise<string | undefined> => {
  const places = program.includes('/') ? [program] : path.split(delimiter).map((folder) => join(folder, program));
  for (const place of places) if (await exists(place, constants.X_OK)) return place;
  return undefined;
};

const exists = async (file: string, mode: number = constants.F_OK): Promise<boolean> => {
  try {
    await access(file, mode);
    return true;
  } catch {
    return false;
  }
};

const canIsolate = async (unshare: string): Promise<boolean> => {
  const child = spawn(unshare, [...isolation, '--', 'true'], { env: { PATH: '/usr/bin:/bin' }, stdio: 'ignore' });
  const [code] = await Promise.race([once(child, 'exit'), once(child, 'error')]);
  return code === 0;
};

const notIsolated = (): LabError =>
  new LabError('GUARD', 'the throw-away Vault cannot be kept from the network here: unshare of Linux cannot be used', {
    next: 'It has all that the real one has: it would revoke leases that ran out since and rotate passwords that are due, in the real databases. Run the drill on a Linux machine that allows user namespaces, or, where Vault does nothing of that kind, with --with-network.',
  });
