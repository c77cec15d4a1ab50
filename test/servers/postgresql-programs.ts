import { access, chown, constants, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { isRunning, ownStartTime } from './process-identity.ts';

/** A command line. */
export type CommandLine = { command: string; args: string[] };

/** Where PostgreSQL keeps its data, and how its programs are called: as another user for root, which they refuse. */
export type PostgresqlHome = { dir: string; as: (program: string, args: readonly string[]) => CommandLine };

/**
 * The folder that postgres, initdb and psql are in: beside `LAB_TEST_POSTGRES_BIN`, on PATH, or where Debian's package
 * puts them. Nothing builds it.
 */
export async function postgresqlPrograms(): Promise<string> {
  const named = process.env.LAB_TEST_POSTGRES_BIN;
  if (named) {
    const folder = await realpath(named).then(dirname, () => '');
    if (await isExecutable(join(folder, 'initdb'))) return folder;
    throw new Error(`LAB_TEST_POSTGRES_BIN names ${named}, and there is no initdb beside it`);
  }
  const packaged = '/usr/lib/postgresql';
  const versions = (await readdir(packaged).catch(() => [])).toSorted((left, right) => Number(right) - Number(left));
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter).filter(Boolean),
    ...versions.map((version) => join(packaged, version, 'bin')),
  ];
  for (const folder of folders) {
    // Others may be links to it; its own folder holds them all.
    const initdb = join(folder, 'initdb');
    if (await isExecutable(initdb)) return dirname(await realpath(initdb));
  }
  throw new Error(
    'found no PostgreSQL: install it (Debian: apt-get install postgresql) or set LAB_TEST_POSTGRES_BIN to its postgres',
  );
}

const prefix = 'k8s-lab-postgresql-';
// `nobody` on Debian, which has no file of its own; a root who runs tests has no better stranger at hand.
const nobody = 65_534;

/** Why there is no PostgreSQL here, or undefined. */
export const whyNoPostgresql = (): Promise<string | undefined> =>
  postgresqlPrograms().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

/** A folder for the data. Root's own folders are closed to the other user, so that it lies with the temporary files. */
export async function postgresqlHome(dir: string, programs: string): Promise<PostgresqlHome> {
  if (process.getuid?.() !== 0) {
    await mkdir(dir, { recursive: true });
    return { dir, as: (program, args) => ({ command: join(programs, program), args: [...args] }) };
  }
  await sweep();
  const home = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-${ownStartTime()}-`));
  await chown(home, nobody, nobody);
  const stranger = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
  const as = (program: string, args: readonly string[]): CommandLine => ({
    command: 'setpriv',
    args: [...stranger, 'env', '-C', home, join(programs, program), ...args],
  });
  return { dir: home, as };
}

/** Removes what killed runs left; their servers end with them, by the records in their run folders. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid, startTime] = name.startsWith(prefix) ? name.slice(prefix.length - 1).split('-') : [];
    if (pid === undefined || startTime === undefined || isRunning(Number(pid), startTime)) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
