import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';
import { withLock } from '../lock.ts';
import type { Artifact } from './artifacts.ts';
import { build } from './build.ts';
import { cacheKey } from './key.ts';

/** Where a file was found, and how it got there. */
export type Provided = { path: string; from: 'environment' | 'KUBEBUILDER_ASSETS' | 'PATH' | 'cache' | 'build' };

/** Told of what takes long: a build, or waiting for somebody else's. */
export type Report = (line: string) => void;

const toStderr: Report = (line) => process.stderr.write(`${line}\n`);

/** Finds an artifact on this machine or in the cache; builds it into the cache when it is in neither. */
export async function provide(artifact: Artifact, report: Report = toStderr): Promise<Provided> {
  return (await findOnMachine(artifact)) ?? (await fromCache(artifact, report));
}

/** Why an artifact cannot be had here, or undefined: it is on the machine, or its tool chain is. What takes seconds is fetched. */
export async function whyMissing(artifact: Artifact): Promise<string | undefined> {
  try {
    if (artifact.recipe.kind === 'wheel') await provide(artifact);
    else if ((await findOnMachine(artifact)) === undefined) await cacheKey(artifact);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function findOnMachine({ name, variable, recipe }: Artifact): Promise<Provided | undefined> {
  const named = process.env[variable];
  if (named) {
    if (await isReadable(named)) return { path: named, from: 'environment' };
    throw new Error(`${variable} names ${named}, which cannot be read`);
  }
  if (recipe.kind === 'copy') return undefined;
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets && (await isExecutable(join(assets, name))))
    return { path: join(assets, name), from: 'KUBEBUILDER_ASSETS' };
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    if (await isExecutable(join(folder, name))) return { path: join(folder, name), from: 'PATH' };
  }
  return undefined;
}

async function fromCache(artifact: Artifact, report: Report): Promise<Provided> {
  const folder = join(cacheFolder(), 'binaries', `${artifact.name}-${await cacheKey(artifact)}`);
  const path = join(folder, artifact.name);
  if (await isReadable(path)) return { path, from: 'cache' };
  await mkdir(dirname(folder), { recursive: true });
  return withLock(
    `${folder}.lock`,
    async () => {
      if (await isReadable(path)) return { path, from: 'cache' };
      await buildInto(folder, artifact, report);
      return { path, from: 'build' };
    },
    (pid) => report(`waiting for process ${pid}, which builds ${artifact.name}`),
  );
}

/** Builds aside and renames, so that the cache never holds half a file. The caller has the lock. */
async function buildInto(folder: string, artifact: Artifact, report: Report): Promise<void> {
  const unfinished = `${folder}.unfinished-`;
  await removeAll(unfinished);
  const aside = await mkdtemp(unfinished);
  report(`building ${artifact.name}; the first time this takes minutes`);
  try {
    await build(artifact, aside, `${folder}.log`);
    await rm(join(aside, 'source'), { recursive: true, force: true });
    await rename(aside, folder);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** What a killed builder left. */
async function removeAll(prefix: string): Promise<void> {
  const names = (await readdir(dirname(prefix))).filter((name) => name.startsWith(basename(prefix)));
  await Promise.all(names.map((name) => rm(join(dirname(prefix), name), { recursive: true, force: true })));
}

const isReadable = (path: string): Promise<boolean> => can(path, constants.R_OK);
const isExecutable = (path: string): Promise<boolean> => can(path, constants.X_OK);
const can = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );
