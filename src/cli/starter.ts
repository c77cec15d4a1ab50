import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { LabError } from '../errors.ts';
import { diskFailure } from '../secrets/disk-failure.ts';
import { type Platform, starterText } from './starter-text.ts';

/** What `lab init` was asked for. */
export interface StarterFlags {
  readonly for: Platform;
  readonly directory: string;
  readonly name: string | undefined;
  readonly context: string | undefined;
}

// What kind, az and eksctl call the contexts that they make, as far as it can be known.
const usualContexts = { kind: 'kind-kind', aks: 'my-aks', eks: 'my-eks' } as const satisfies Record<Platform, string>;

/** Writes the starter and returns its path. Throws GUARD rather than overwrite a manifest. */
export const writeStarter = async (flags: StarterFlags): Promise<string> => {
  const path = join(flags.directory, 'lab.yaml');
  const name = flags.name ?? nameFrom(flags.directory);
  const text = starterText(flags.for, {
    name,
    context: flags.context ?? usualContexts[flags.for],
    vault: vaultOf(name),
  });
  try {
    await mkdir(flags.directory, { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
    return path;
  } catch (error) {
    const failure = diskFailure(error);
    if (failure === undefined) throw error;
    if (failure.code !== 'EEXIST') throw new LabError('BAD_MANIFEST', `cannot write ${path}: ${failure.reason}`);
    throw new LabError('GUARD', `${path} is there already, and init overwrites nothing`, {
      next: 'Name another folder, or move that file away.',
    });
  }
};

const nameFrom = (directory: string): string => {
  const name = basename(resolve(directory))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'my-cluster' : name;
};

// 3 to 24 letters, digits and single dashes, a letter first.
const vaultOf = (name: string): string => {
  const stem = name
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 21)
    .replace(/-+$/, '');
  return `${stem === '' ? 'lab' : stem}-kv`;
};
