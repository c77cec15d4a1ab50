import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Resource } from '../../../src/engine/resource.ts';
import type { Expanded, Loaded } from '../../../src/manifest/expanded.ts';
import { type LoadInput, loadManifest } from '../../../src/manifest/load.ts';
import { aws } from '../../../src/providers/aws/index.ts';
import { azure } from '../../../src/providers/azure/index.ts';
import { kindsOf, providers } from '../../../src/providers/index.ts';

/** Every kind that lab has. */
export const kinds = kindsOf([...new Set([...providers, azure, aws])]);

/** What a test may vary: by default the manifest is alone in its folder and nothing comes from outside. */
export interface Around {
  readonly environment?: string;
  readonly vars?: LoadInput['vars'];
  readonly env?: LoadInput['env'];
  readonly kinds?: LoadInput['kinds'];
  /** Further files of the folder. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A folder of its own with these files, gone after the test. */
export const folderWith = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'lab-manifest-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
};

/** Loads a folder. */
export const loadFolder = (folder: string, around: Around = {}): Promise<Loaded> =>
  loadManifest({
    path: folder,
    environment: around.environment,
    vars: around.vars ?? {},
    env: around.env ?? {},
    kinds: around.kinds ?? kinds,
  });

/** Complaints about the manifest as `lab.yaml:3:5 sentence`, or [] if there are none. */
export const complaintsAbout = async (yaml: string, around: Around = {}): Promise<string[]> => {
  const folder = await folderWith({ 'lab.yaml': yaml, ...around.files });
  return shown(await loadFolder(folder, around), folder);
};

/** The complaints of a load, without the folder's own name. */
export const shown = (loaded: Loaded, folder: string): string[] =>
  (loaded.ok ? [] : loaded.diagnostics).map(({ at = 'nowhere', message }) =>
    `${at} ${message}`.replaceAll(`${folder}/`, '').replaceAll(folder, 'HERE'),
  );

/** The expanded manifest; fails the test with the complaints if there are any. */
export const expanded = async (yaml: string, around: Around = {}): Promise<Expanded> => {
  const folder = await folderWith({ 'lab.yaml': yaml, ...around.files });
  const loaded = await loadFolder(folder, around);
  if (!loaded.ok) throw new Error(shown(loaded, folder).join('\n'));
  return loaded.manifest;
};

/** One resource of the expanded manifest. */
export const resourceAt = ({ resources }: Expanded, address: string): Resource => {
  const found = resources.find((resource) => resource.address === address);
  if (found === undefined) throw new Error(`no ${address} among ${resources.map((each) => each.address).join(', ')}`);
  return found;
};
