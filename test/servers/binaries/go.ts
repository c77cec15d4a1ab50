import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Artifact } from './artifacts.ts';

/** The environment of every go command: no cgo, and neither flags nor a workspace of the developer's. */
const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };

/** The folder of the Go module that an artifact comes from. */
export const moduleFolder = ({ module }: Artifact): string => join(import.meta.dirname, '..', 'modules', module);

/** Runs a short go command and gives its output. A missing tool chain is an error that names what cannot run. */
export async function goOutput(
  artifact: Artifact,
  args: readonly string[],
  cwd = moduleFolder(artifact),
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('go', args, { cwd, env: environment });
    return stdout.trim();
  } catch (error) {
    throw isMissing(error) ? new Error(noGo(artifact)) : error;
  }
}

/** The folder of a dependency's source in the module cache, downloaded and checked against go.sum. */
export async function sourceOf(artifact: Artifact, dependency: string): Promise<string> {
  const download: { Dir?: unknown } = JSON.parse(await goOutput(artifact, ['mod', 'download', '-json', dependency]));
  if (typeof download.Dir !== 'string') throw new Error(`go mod download gave no folder for ${dependency}`);
  return download.Dir;
}

/** Runs `go build`, which takes minutes, with its output in a log file. */
export async function goBuild(args: readonly string[], { cwd, log }: { cwd: string; log: string }): Promise<void> {
  const output = openSync(log, 'w');
  const build = spawn('go', ['build', '-trimpath', '-buildvcs=false', ...args], {
    cwd,
    env: environment,
    stdio: ['ignore', output, output],
  });
  const [code] = await once(build, 'exit');
  if (code === 0) return;
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-20);
  throw new Error([`go build failed; the end of ${log}:`, ...lines].join('\n'));
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const noGo = ({ name, neededFor, variable }: Artifact): string =>
  `${name} is not on this machine, and without a Go tool chain it cannot be built: tests that need ${neededFor} cannot run. ` +
  `Install Go (the version in test/servers/modules/*/go.mod or newer), or set ${variable} to an existing file.`;
