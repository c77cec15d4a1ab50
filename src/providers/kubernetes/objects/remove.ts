import { pause } from '../../../engine/pause.ts';
import type { KubeObject, ObjectRef } from '../../../engine/ports.ts';
import { LabError } from '../../../errors.ts';
import { elements, members, text } from '../json.ts';
import { getWhole, servedType, type Wire } from './objects.ts';
import { nameOf, objectPath } from './paths.ts';

const deadline = 120_000;
const longestPause = 1000;

/**
 * Deletes exactly the object that is there now, and what it owns with it; returns once it is gone. Absent already is
 * success. Throws NOT_SETTLED, saying what holds it, if it is still there after `within` milliseconds.
 */
export const removeObject = async (wire: Wire, ref: ObjectRef, within: number = deadline): Promise<void> => {
  const versions = await wire.discovery.versionsOf(ref.group, ref.kind);
  if (versions.length === 0) return;
  const found = await getWhole(wire, ref);
  if (found === undefined) return;
  if (found.metadata.deletionTimestamp === undefined) await sendDelete(wire, ref, found);
  const end = Date.now() + within;
  for (let ms = 50; ; ms = Math.min(ms * 2, longestPause)) {
    const left = await getWhole(wire, ref);
    // Another uid: it is gone, and somebody has made a new one of the same name.
    if (left === undefined || left.metadata.uid !== found.metadata.uid) return;
    if (Date.now() > end) throw stillThere(ref, left);
    await pause(ms, wire.stopping);
  }
};

const sendDelete = async (wire: Wire, ref: ObjectRef, found: KubeObject): Promise<void> => {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: { uid: found.metadata.uid },
    propagationPolicy: 'Foreground',
  };
  await wire.send({ method: 'DELETE', path: objectPath(await servedType(wire, ref), ref), body, expects: [404] });
};

const stillThere = (ref: ObjectRef, left: KubeObject): LabError => {
  const holders = elements(left.metadata['finalizers']).filter((name) => typeof name === 'string');
  const remaining = elements(members(left['status'])['conditions'])
    .map(members)
    .filter(({ type, status }) => status === 'True' && /Remaining$|Failure$/.test(text(type) ?? ''))
    .map(({ message }) => text(message) ?? '');
  const because = [...(holders.length === 0 ? [] : [`finalizers ${holders.join(', ')}`]), ...remaining].join('; ');
  return new LabError('NOT_SETTLED', `${nameOf(ref)} is still being deleted${because === '' ? '' : `: ${because}`}`, {
    next: 'Look at what holds it; the next run goes on waiting.',
  });
};
