import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../errors.ts';
import { diskFailure } from '../secrets/disk-failure.ts';
import { decodeDocument } from './codec.ts';
import { onDisk } from './disk.ts';
import { type Replayed, replay } from './journal.ts';

/** Whose state, and in which folder. */
export interface LocalFolder {
  /** The manifest's folder. */
  readonly folder: string;
  readonly name: string;
  readonly environment: string;
  /** The sandbox's state lies in a folder of its own, which no real run looks into. */
  readonly world?: 'sandbox';
}

/** Paths of one owner's state. */
export interface LocalFiles {
  readonly folder: string;
  readonly state: string;
  readonly journal: string;
  readonly lock: string;
  /** Says that this state was moved into a cluster. */
  readonly moved: string;
}

/** Where an owner's files are. */
export const filesOf = (place: LocalFolder): LocalFiles => {
  const folder = folderOf(place);
  return {
    folder,
    state: join(folder, 'state.json'),
    journal: join(folder, 'journal.jsonl'),
    lock: join(folder, 'lock'),
    moved: join(folder, 'moved.json'),
  };
};

/** Makes the folder of an owner's state, for the user alone, and returns its path. */
export const makeLocalFolder = async (place: LocalFolder): Promise<string> => {
  const folder = folderOf(place);
  await onDisk('write', folder, () => makeFolder(join(place.folder, '.lab'), folder));
  return folder;
};

/**
 * Without a lock, the journal must be read first: a session that closes in between makes the document newer, and then
 * it holds that journal already. The other way round, both could lack what the journal held.
 */
export const readFiles = async (files: LocalFiles): Promise<Replayed | undefined> => {
  const journal = (await readIfThere(files.journal)) ?? '';
  const document = await readIfThere(files.state);
  return replay(document === undefined ? undefined : decodeDocument(document, files.state), journal, files.journal);
};

/** A file's text; undefined if it is not there. */
export const readIfThere = (path: string): Promise<string | undefined> =>
  onDisk('read', path, async () => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (diskFailure(error)?.code === 'ENOENT') return undefined;
      throw error;
    }
  });

const folderOf = ({ folder, name, environment, world }: LocalFolder): string =>
  join(folder, '.lab', ...(world === undefined ? [] : [world]), asFolderName(name), asFolderName(environment));

/** Names come from the manifest; they must not lead out of the folder. */
const asFolderName = (name: string): string => {
  if (/^[A-Za-z0-9][\w.-]*$/.test(name)) return name;
  throw new LabError('BAD_MANIFEST', `"${name}" cannot be the name of a manifest or an environment`, {
    next: 'Use letters, digits, "-", "_" and ".", with a letter or a digit first.',
  });
};

const makeFolder = async (home: string, folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await writeFile(join(home, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (diskFailure(error)?.code !== 'EEXIST') throw error;
  }
};
