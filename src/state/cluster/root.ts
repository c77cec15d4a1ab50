import type { KubeObject, OwnObjects } from '../../engine/ports.ts';
import { tooNew, unreadable } from '../codec.ts';
import { count, decoder, formatVersion, newerFormat, parseJson, shape, text } from '../decode.ts';
import { type ClusterPlace, dataIn, encodeData, nameOf, ownSecret, rootRef } from './place.ts';

/** A text that lies in Secrets of its own: how many, and what their names share. */
export interface Pieces {
  /** '' where there are none. */
  readonly stem: string;
  readonly count: number;
}

/**
 * What counts of a state. Everything else lies in Secrets that are written once and that nobody reads before the root
 * names them; so one conditional write of the root is what makes a step durable, or refuses it.
 */
export interface Root {
  /** The lock's count of holders when the writer took it. */
  readonly fence: number;
  /** The session that wrote last, and which of its writes it was. */
  readonly session: string;
  readonly write: number;
  readonly document: Pieces;
  /** The journal's older lines. */
  readonly journal: Pieces;
  /** Its newest lines. */
  readonly tail: string;
  /** `INSTALLATION/SERIAL` of the local state that was moved here; '' if none was. */
  readonly moved: string;
}

/** The root as it was read. */
export interface LiveRoot {
  readonly object: KubeObject;
  readonly root: Root;
}

/** No pieces. */
export const noPieces: Pieces = { stem: '', count: 0 };

/** The root of a state that nobody has written yet. */
export const emptyRoot: Root = {
  fence: 0,
  session: '',
  write: 0,
  document: noPieces,
  journal: noPieces,
  tail: '',
  moved: '',
};

/** Reads the root; undefined if there is none. Throws BAD_STATE for one that cannot be read. */
export const readRoot = async (objects: OwnObjects, place: ClusterPlace): Promise<LiveRoot | undefined> => {
  const object = await objects.get(rootRef(place));
  return object && { object, root: decodeRoot(object, nameOf(rootRef(place))) };
};

/** A new root. */
export const newRoot = (place: ClusterPlace, root: Root): KubeObject =>
  ownSecret(place, 'root', rootRef(place), textsOf(root));

/** The same object with another content, for the version that was read. */
export const withRoot = (object: KubeObject, root: Root): KubeObject => ({
  ...object,
  data: encodeData(textsOf(root)),
});

/** Whether two roots are the same write. */
export const isSameWrite = (one: Root, other: Root): boolean =>
  one.session === other.session && one.write === other.write && one.fence === other.fence;

const textsOf = ({ tail, ...head }: Root) => ({ head: JSON.stringify({ formatVersion, ...head }), journal: tail });

const pieces = shape({ stem: text, count });
const decodeHead = decoder<Omit<Root, 'tail'>>({
  fence: count,
  session: text,
  write: count,
  document: pieces,
  journal: pieces,
  moved: text,
});

const decodeRoot = (object: KubeObject, name: string): Root => {
  const parsed = parseJson(dataIn(object, 'head')?.toString() ?? '');
  if (!parsed.ok) throw unreadable(name, parsed.why);
  const newer = newerFormat(parsed.value);
  if (newer !== undefined) throw tooNew(name, newer);
  const head = decodeHead(parsed.value);
  if (!head.ok) throw unreadable(name, head.why);
  const { fence, session, write, document, journal, moved } = head.value;
  return { fence, session, write, document, journal, moved, tail: dataIn(object, 'journal')?.toString() ?? '' };
};
