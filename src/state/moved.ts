import { LabError } from '../errors.ts';
import { replacePrivateFile } from '../secrets/private-file.ts';
import { tooNew, unreadable } from './codec.ts';
import { count, decoder, formatVersion, newerFormat, parseJson, text } from './decode.ts';
import { onDisk } from './disk.ts';
import { type LocalFiles, readIfThere } from './local-files.ts';

/** The note that a local state leaves when it is moved into a cluster. */
export interface Moved {
  /** begun: the cluster may hold it already. done: it does. */
  readonly status: 'begun' | 'done';
  /** For people: the Secret that holds it. */
  readonly to: string;
  readonly installation: string;
  readonly serial: number;
  readonly at: string;
}

/** Reads the note; undefined if the state was not moved. Throws BAD_STATE for one that cannot be read. */
export const readMoved = async ({ moved }: LocalFiles): Promise<Moved | undefined> => {
  const written = await readIfThere(moved);
  if (written === undefined) return undefined;
  const parsed = parseJson(written);
  if (!parsed.ok) throw unreadable(moved, parsed.why);
  const newer = newerFormat(parsed.value);
  if (newer !== undefined) throw tooNew(moved, newer);
  const note = decodeMoved(parsed.value);
  if (!note.ok) throw unreadable(moved, note.why);
  return note.value;
};

/** Leaves the note, in the place of the one before. */
export const noteMoved = ({ moved }: LocalFiles, note: Moved): Promise<void> =>
  onDisk('write', moved, () => replacePrivateFile(moved, `${JSON.stringify({ formatVersion, ...note })}\n`));

/** A state that was moved does not count any more. Throws BAD_STATE. */
export const refuseMoved = async (files: LocalFiles): Promise<void> => {
  const note = await readMoved(files);
  if (note === undefined) return;
  const what = note.status === 'done' ? 'was moved' : 'was being moved when a run was killed';
  throw new LabError('BAD_STATE', `the state in ${files.folder} ${what}: to ${note.to}, at ${note.at}`, {
    next: `Say state: { backend: kubernetes } in the manifest again. If that cluster is gone for good, delete ${files.moved}, and what is left here counts again.`,
  });
};

const decodeMoved = decoder<Moved>({
  status: (value) => (value === 'begun' || value === 'done' ? '' : 'must be begun or done'),
  to: text,
  installation: text,
  serial: count,
  at: text,
});
