import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { localStore } from '../../src/state/local.ts';
import type { StoreCase } from './conformance.ts';
import { runSession } from './session-process.ts';

/** A folder of its own for one test. */
export const makeFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'lab-state-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** A local state in a folder of its own, with the paths of its files. */
export interface LocalCase extends StoreCase {
  readonly place: { readonly folder: string; readonly name: string; readonly environment: string };
  readonly home: string;
  readonly state: string;
  readonly journal: string;
  readonly lock: string;
}

/** The same place for another process. */
export const script = ({ folder, ...owner }: LocalCase['place']) => ({ where: { folder }, ...owner });

/** A fresh local state. */
export const localCase = async (): Promise<LocalCase> => {
  const place = { folder: await makeFolder(), name: 'shop', environment: 'kind' };
  const home = join(place.folder, '.lab', 'shop', 'kind');
  const state = join(home, 'state.json');
  return {
    place,
    home,
    state,
    journal: join(home, 'journal.jsonl'),
    lock: join(home, 'lock'),
    store: () => localStore(place),
    crash: async (entries) => {
      await runSession({ ...script(place), entries, ending: 'die' });
    },
    stored: () => everythingIn(place.folder),
    damage: async (identity, text) => {
      const lines = (await readFile(state, 'utf8')).split('\n');
      const damaged = lines.map((line) => {
        if (!line.includes(`"identity":"${identity}"`)) return line;
        return line.endsWith(',') ? `${text},` : text;
      });
      await writeFile(state, damaged.join('\n'));
    },
  };
};

/** Names, times of writing and contents of all files; the lock comes and goes, which also touches its folder. */
const everythingIn = async (folder: string): Promise<string> => {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((file) => file.isFile() && file.name !== 'lock');
  const shown = files.map(async (file) => {
    const path = join(file.parentPath, file.name);
    return `${path} ${(await stat(path)).mtimeMs}\n${await readFile(path, 'utf8')}`;
  });
  return (await Promise.all(shown)).toSorted().join('\n');
};
