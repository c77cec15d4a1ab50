import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../engine/change.ts';
import { LabError } from '../errors.ts';
import { diskFailure } from '../secrets/disk-failure.ts';
import { decodeDocument } from './codec.ts';
import { onDisk } from './disk.ts';
import { emptyDocument, toState } from './document.ts';
import { type Replayed, replay } from './journal.ts';
import { type LocalFiles, localMedium } from './local-medium.ts';
import { breakLock, takeLock } from './lock.ts';
import { openSession } from './session.ts';
import type { LockingStore } from './store.ts';

/** Whose state, and where. */
export interface LocalPlace {
  /** The manifest's folder. */
  readonly folder: string;
  readonly name: string;
  readonly environment: string;
  /** The sandbox's state lies in a folder of its own, which no real run looks into. */
  readonly world?: 'sandbox';
  /** Told about a stale lock that was taken over. */
  readonly report?: (diagnostic: Diagnostic) => void;
  /** Where a run in CI shows its log. */
  readonly run?: string;
}

/** State in `<folder>/.lab/<name>/<environment>/`, the sandbox's in `<folder>/.lab/sandbox/…`: state.json, journal.jsonl and lock, readable by the user alone. */
export const localStore = (place: LocalPlace): LockingStore => {
  const { report = () => {} } = place;
  const files = filesIn(folderOf(place));
  let serial: number | undefined;
  const note = (seen: number) => {
    serial = seen;
  };
  const read = async (): Promise<Replayed | undefined> => {
    const found = await readFiles(files);
    note(found?.document.serial ?? 0);
    return found;
  };
  return {
    describe: () => (serial === undefined ? 'local' : `local, serial ${serial}`),
    load: async () => {
      const found = await read();
      return found === undefined ? undefined : toState(found.document);
    },
    open: async (operation, installation = randomBytes(4).toString('hex')) => {
      await makeLocalFolder(place);
      const lock = await onDisk('write', files.lock, () => takeLock(files.lock, operation, report, place.run));
      try {
        const found = (await read()) ?? { document: emptyDocument(installation), extended: false };
        return openSession(localMedium(files, lock), found, note);
      } catch (error) {
        await lock.release();
        throw error;
      }
    },
    unlock: (id) => onDisk('write', files.lock, () => breakLock(files.lock, id)),
  };
};

/** Makes the folder of an owner's state, for the user alone, and returns its path. */
export const makeLocalFolder = async (place: LocalPlace): Promise<string> => {
  const folder = folderOf(place);
  await onDisk('write', folder, () => makeFolder(join(place.folder, '.lab'), folder));
  return folder;
};

const folderOf = ({ folder, name, environment, world }: LocalPlace): string =>
  join(folder, '.lab', ...(world === undefined ? [] : [world]), asFolderName(name), asFolderName(environment));

const filesIn = (folder: string): LocalFiles => ({
  folder,
  state: join(folder, 'state.json'),
  journal: join(folder, 'journal.jsonl'),
  lock: join(folder, 'lock'),
});

/** Names come from the manifest; they must not lead out of the folder. */
const asFolderName = (name: string): string => {
  if (/^[A-Za-z0-9][\w.-]*$/.test(name)) return name;
  throw new LabError('BAD_MANIFEST', `"${name}" cannot be the name of a manifest or an environment`, {
    next: 'Use letters, digits, "-", "_" and ".", with a letter or a digit first.',
  });
};

/**
 * Without a lock, the journal must be read first: a session that closes in between makes the document newer, and then
 * it holds that journal already. The other way round, both could lack what the journal held.
 */
const readFiles = async (files: LocalFiles): Promise<Replayed | undefined> => {
  const journal = (await readIfThere(files.journal)) ?? '';
  const document = await readIfThere(files.state);
  return replay(document === undefined ? undefined : decodeDocument(document, files.state), journal, files.journal);
};

const readIfThere = (path: string): Promise<string | undefined> =>
  onDisk('read', path, async () => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (diskFailure(error)?.code === 'ENOENT') return undefined;
      throw error;
    }
  });

const makeFolder = async (home: string, folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await writeFile(join(home, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (diskFailure(error)?.code !== 'EEXIST') throw error;
  }
};
