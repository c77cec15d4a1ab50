import type { OwnObjects } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import { type ClusterPlace, dataIn, type Holding, labelsOf, ownSecret, pieceRef, rootRef } from './place.ts';
import type { Pieces, Root } from './root.ts';

type Kept = Exclude<Holding, 'root'>;

// A Secret takes 1 MiB: https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size
const pieceBytes = 700 * 1024;

/** Writes a text behind pieces that are there already, and answers what they are then. None is read before the root names it. */
export const addPieces = async (
  objects: OwnObjects,
  place: ClusterPlace,
  holding: Kept,
  { stem, count }: Pieces,
  text: string,
): Promise<Pieces> => {
  const bytes = Buffer.from(text);
  const more = Math.ceil(bytes.length / pieceBytes);
  const write = async (index: number): Promise<void> => {
    const part = bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes);
    const secret = ownSecret(place, holding, pieceRef(place, holding, stem, count + index), {});
    // A taken name is our own write whose answer was lost: no other session has this stem.
    const made = await objects.create({ ...secret, data: { text: part.toString('base64') } });
    if (made.is === 'homeless') throw new LabError('BAD_STATE', `the namespace ${place.namespace} is gone`);
  };
  await Promise.all(Array.from({ length: more }, (_, index) => write(index)));
  return { stem, count: count + more };
};

/** The text that lies in pieces; undefined if one is not there (any more). */
export const readPieces = async (
  objects: OwnObjects,
  place: ClusterPlace,
  holding: Kept,
  { stem, count }: Pieces,
): Promise<string | undefined> => {
  const refs = Array.from({ length: count }, (_, index) => pieceRef(place, holding, stem, index));
  const found = await Promise.all(refs.map((ref) => objects.get(ref)));
  const parts = found.flatMap((secret) => (secret === undefined ? [] : [dataIn(secret, 'text') ?? Buffer.alloc(0)]));
  return parts.length < count ? undefined : Buffer.concat(parts).toString();
};

/** Deletes pieces that no root names any more. */
export const removePieces = async (
  objects: OwnObjects,
  place: ClusterPlace,
  holding: Kept,
  { stem, count }: Pieces,
): Promise<void> => {
  const refs = Array.from({ length: count }, (_, index) => pieceRef(place, holding, stem, index));
  await Promise.all(refs.map((ref) => objects.remove(ref)));
};

/**
 * Deletes what sessions before this one left and the root does not name. Those of later sessions stay, whatever this
 * one knows of the root: it may have slept.
 */
export const sweepPieces = async (
  objects: OwnObjects,
  place: ClusterPlace,
  { fence, ...root }: Root,
): Promise<void> => {
  const named = (holding: Kept) => pieceRef(place, holding, root[holding].stem, 0).name.replace(/\.0$/, '.');
  const isLeft = (name: string): boolean => {
    const [, of] = /\.(?:document|journal)\.(\d+)-[^.]*\.\d+$/.exec(name) ?? [];
    return (
      of !== undefined &&
      Number(of) < fence &&
      ![named('document'), named('journal')].some((stem) => name.startsWith(stem))
    );
  };
  const found = await objects.list(place.namespace, labelsOf(place));
  const left = found.filter(({ name }) => isLeft(name));
  await Promise.all(left.map(({ name }) => objects.remove({ ...rootRef(place), name })));
};
