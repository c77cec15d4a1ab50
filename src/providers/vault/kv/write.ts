import { formatPath } from '../../../engine/path.ts';
import type { WriteRequest } from '../../../engine/resource.ts';
import { isFields } from '../../../engine/value.ts';
import { LabError } from '../../../errors.ts';
import { isSecret, type Secret } from '../../../secrets/secret.ts';
import type { Sourced } from '../../../secrets/source.ts';
import type { VaultClient } from '../client.ts';
import { decodeMarks, encodeMarks, type KeyMark, type Marks, noMarks, seenThrough } from './marks.ts';
import { everyKey, type KvPlace, type KvState } from './state.ts';

type Request = WriteRequest<{ readonly data: Readonly<Record<string, Secret | Sourced>> }>;

/**
 * Writes a version in three calls: its marks are announced, the values follow, the marks are confirmed. KV has no call for
 * both, and no shorter way survives a crash: values first would leave a version that looks like a stranger's; marks that
 * count at once would vouch for whatever a stranger writes next. A write that stayed announced is written again.
 */
export const writeVersion = async (
  client: VaultClient,
  place: KvPlace,
  state: KvState,
  request: Request,
): Promise<void> => {
  const before = decodeMarks(state.metadata);
  const values = { ...removedKeys(request), ...changedKeys(request, before, state) };
  const owner = request.mark ?? before.owner;
  const owned = owner === undefined ? {} : { owner };
  const keys = nextKeys(request, before, state);
  const names = Object.keys(state.metadata);
  if (Object.keys(values).length === 0) {
    return leaveMarks(client, place, { ...before, ...owned, ...(isSettled(before, state) ? { keys } : {}) }, names);
  }

  const announced: Marks = { ...owned, version: state.version + 1, confirmed: false, keys };
  const announcedNames = Object.keys(encodeMarks(announced, []));
  if (state.is === 'absent') {
    const entries = { custom_metadata: encodeMarks(announced, []) };
    await client.write('POST', [place.mount, 'metadata', place.path], entries);
  } else {
    await leaveMarks(client, place, announced, names);
  }
  try {
    const method = state.is === 'live' ? 'PATCH' : 'POST';
    const body = { options: { cas: state.version }, data: values };
    await client.write(method, [place.mount, 'data', place.path], body);
  } catch (error) {
    // Vault said no, so nothing was written and the announcement is void.
    if (error instanceof LabError && error.code !== 'UNREACHABLE' && error.code !== 'CANCELLED') {
      await leaveMarks(client, place, before, announcedNames);
    }
    throw error;
  }
  await leaveMarks(client, place, { ...announced, confirmed: true }, announcedNames);
};

/** Removes what lab wrote: all of it softly, or, where other people's keys are in there too, only lab's keys. */
export const removeOurs = async (client: VaultClient, place: KvPlace, state: KvState): Promise<void> => {
  const marks = decodeMarks(state.metadata);
  if (marks.owner === undefined && marks.keys.size === 0) return;
  const keys = await everyKey(client, place);
  const ours = keys.filter((key) => marks.keys.size === 0 || marks.keys.has(key));
  // A deleted version can be restored; deleting the metadata would destroy all versions for good.
  if (ours.length === keys.length) return client.remove([place.mount, 'data', place.path]);
  if (ours.length > 0) {
    const data = Object.fromEntries(ours.map((key) => [key, null]));
    await client.write('PATCH', [place.mount, 'data', place.path], { options: { cas: state.version }, data });
  }
  await leaveMarks(client, place, noMarks, Object.keys(state.metadata));
};

// A patch leaves other people's entries alone.
const leaveMarks = (client: VaultClient, { mount, path }: KvPlace, marks: Marks, before: string[]): Promise<void> =>
  client.write('PATCH', [mount, 'metadata', path], { custom_metadata: encodeMarks(marks, before) });

const dataPath = (key: string): string => formatPath(['data', key]);

const isSettled = (marks: Marks, state: KvState): boolean =>
  state.is === 'live' && marks.confirmed && marks.version === state.version;

// A key whose mark vouches for this very value in this very version stays as it is.
const changedKeys = ({ spec, fingerprints }: Request, marks: Marks, state: KvState): Record<string, Secret> =>
  Object.fromEntries(
    Object.entries(spec.data).filter((entry): entry is [string, Secret] => {
      const [key, value] = entry;
      const mark = isSettled(marks, state) ? marks.keys.get(key) : undefined;
      const same = mark !== undefined && !mark.moved && mark.fingerprint === fingerprints[dataPath(key)];
      return isSecret(value) && !same;
    }),
  );

const removedKeys = ({ live, removed }: Request): Record<string, null> => {
  const data = live.exists === 'yes' && isFields(live.spec.data) ? live.spec.data : {};
  const gone = Object.keys(data).filter((key) => removed.includes(dataPath(key)));
  return Object.fromEntries(gone.map((key) => [key, null]));
};

// A key that is not written now keeps its mark, and whether somebody else had written after it.
const nextKeys = ({ spec, fingerprints }: Request, marks: Marks, state: KvState): Marks['keys'] =>
  new Map(
    Object.entries(spec.data).flatMap(([key, value]): [string, KeyMark][] => {
      const fingerprint = fingerprints[dataPath(key)];
      if (fingerprint === undefined) return [];
      const moved = !isSecret(value) && seenThrough(marks, state.version, key).moved === true;
      return [[key, { fingerprint, moved }]];
    }),
  );
