import type { Leaving, Source } from './cluster/source.ts';
import { onDisk } from './disk.ts';
import type { LocalPlace } from './local.ts';
import { filesOf, readFiles } from './local-files.ts';
import { takeLock } from './lock.ts';
import { noteMoved, readMoved } from './moved.ts';

/** A local state that is to be moved; `to` is what its note says of where it went. The files stay as they are. */
export const localSource = (place: LocalPlace, to: string): Source => {
  const { report = () => {}, run } = place;
  const files = filesOf(place);
  const look = async (): Promise<Leaving | undefined> => {
    if ((await readMoved(files))?.status === 'done') return undefined;
    const found = await readFiles(files);
    return found && { document: found.document, from: files.folder };
  };
  return {
    look,
    leave: async (operation, work) => {
      const lock = await onDisk('write', files.lock, () => takeLock(files.lock, operation, report, run));
      try {
        const leaving = await look();
        if (leaving === undefined) return;
        const { installation, serial } = leaving.document;
        const note = async (status: 'begun' | 'done') => {
          await lock.confirm();
          await noteMoved(files, { status, to, installation, serial, at: new Date().toISOString() });
        };
        await work({ ...leaving, begin: () => note('begun'), finish: () => note('done') });
      } finally {
        await lock.release();
      }
    },
  };
};
