import { execFile } from 'node:child_process';
import { chown, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './ports.ts';
import { postgresqlHome, postgresqlPrograms } from './postgresql-programs.ts';
import { startProcess } from './processes.ts';

/** Who asks PostgreSQL; default its superuser. */
export type DatabaseUser = { username: string; password: string };

/** A PostgreSQL with the database `postgres`. */
export type Postgresql = {
  port: number;
  superuser: DatabaseUser;
  /** The URL as Vault's connections have it, with places for name and password. */
  url: string;
  /** What psql prints, a row a line. Fails with what the server says. */
  query: (sql: string, as?: DatabaseUser) => Promise<string>;
  /** Stops the server and keeps its data; `up` starts it again on the same port. */
  down: () => Promise<void>;
  up: () => Promise<void>;
  /** Ends it for good. */
  stop: () => Promise<void>;
};

const run = promisify(execFile);

/** Starts a new, empty PostgreSQL on loopback. */
export async function startPostgresql({ dir }: { dir: string }): Promise<Postgresql> {
  const programs = await postgresqlPrograms();
  const home = await postgresqlHome(join(dir, 'home'), programs);
  const [data, passwordFile] = [join(home.dir, 'data'), join(home.dir, 'password')];
  const [port = 0] = await freePorts(1);
  const superuser = { username: 'postgres', password: 'superuser-of-the-test-database' };

  await writeFile(passwordFile, superuser.password, { mode: 0o600 });
  const { uid, gid } = await stat(home.dir);
  await chown(passwordFile, uid, gid);
  const options = `-D ${data} -U ${superuser.username} -A scram-sha-256 -E UTF8 --locale=C --pwfile=${passwordFile} --no-sync`;
  const initdb = home.as('initdb', options.split(' '));
  await run(initdb.command, initdb.args);

  const query = async (sql: string, { username, password }: DatabaseUser = superuser): Promise<string> => {
    const target = ['-h', '127.0.0.1', '-p', String(port), '-U', username, '-d', 'postgres'];
    const env = { PATH: process.env.PATH, PGPASSWORD: password, PGCONNECT_TIMEOUT: '5', LC_ALL: 'C' };
    const { stdout } = await run(join(programs, 'psql'), [...target, '-w', '-X', '-tA', '-c', sql], { env });
    return stdout.trim();
  };

  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
  const serve = home.as('postgres', ['-D', data, '-p', String(port), ...settings.flatMap((line) => ['-c', line])]);
  const ready = async () => (await query('select 1')) === '1';
  // Its SIGTERM waits until every client has gone, and Vault keeps its connections.
  const start = () => startProcess({ name: 'postgresql', dir, lifetime: 'parent', ...serve, ready, end: 'SIGINT' });

  let running: Awaited<ReturnType<typeof start>> | undefined = await start();
  const down = async () => {
    await running?.stop();
    running = undefined;
  };
  return {
    port,
    superuser,
    url: `postgresql://{{username}}:{{password}}@127.0.0.1:${port}/postgres?sslmode=disable`,
    query,
    down,
    up: async () => {
      running ??= await start();
    },
    stop: async () => {
      await down();
      await rm(home.dir, { recursive: true, force: true });
    },
  };
}
