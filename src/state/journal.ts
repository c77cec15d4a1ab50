import { LabError } from '../errors.ts';
import { tooNew, unreadable } from './codec.ts';
import {
  type Decoded,
  decodeEntry,
  decodePosition,
  field,
  formatVersion,
  identityIn,
  newerFormat,
  type Position,
  parseJson,
} from './decode.ts';
import { emptyDocument, play, type StateDocument } from './document.ts';
import type { JournalEntry } from './store.ts';

/** One line of the journal: whole in itself, so that damage to one costs no other. */
export interface JournalLine extends Position {
  readonly entry: JournalEntry;
}

/** What document and journal come to together. */
export interface Replayed {
  readonly document: StateDocument;
  /** The journal holds something that the stored document does not: a session that did not close. */
  readonly extended: boolean;
}

/** A line as it is appended. */
export const encodeLine = (line: Omit<JournalLine, 'formatVersion'>): string =>
  `${JSON.stringify({ formatVersion, ...line })}\n`;

/**
 * Plays a journal over the document that it extends; the result has the serial that the session's close would have
 * given. A journal of an older serial is in the document already. Text behind the last line break was never
 * acknowledged. A line that cannot be read becomes a broken record. Throws BAD_STATE if the document is older than
 * the journal, or missing where the journal cannot be read.
 */
export const replay = (stored: StateDocument | undefined, journal: string, name: string): Replayed | undefined => {
  const lines = journal.split('\n').slice(0, -1);
  const read = lines.map((text) => ({ text, line: decodeLine(text, name) }));
  const newest = read.flatMap(({ line }) => (line.ok ? [line.value] : [])).at(-1);
  const document = stored ?? (newest === undefined ? undefined : emptyDocument(newest.installation));
  if (document === undefined) {
    if (lines.length > 0) throw unreadable(name, 'none of its lines can be decoded');
    return undefined;
  }
  const extended = newest?.extends ?? document.serial;
  if (extended > document.serial) throw documentTooOld(name, extended, document.serial);
  if (extended < document.serial || lines.length === 0) return { document, extended: false };
  let played = 0;
  for (const [index, { text, line }] of read.entries()) {
    const why = line.ok ? misfit(line.value, document, played) : line.why;
    if (line.ok && why === undefined) {
      play(document, line.value.entry);
      played = line.value.sequence;
    } else {
      const identity = identityIn(text) ?? `line ${index + 1} of ${name}`;
      // As a JSON string it is kept byte by byte and leaves the document readable for other tools.
      document.broken.add({
        identity,
        why: `a step of the journal cannot be played: ${why}`,
        text: JSON.stringify(text),
      });
    }
  }
  return { document: { ...document, serial: document.serial + 1 }, extended: true };
};

const decodeLine = (text: string, name: string): Decoded<JournalLine> => {
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  const newer = newerFormat(parsed.value);
  if (newer !== undefined) throw tooNew(name, newer);
  const position = decodePosition(parsed.value);
  if (!position.ok) return position;
  const entry = decodeEntry(field(parsed.value, 'entry') ?? null);
  return entry.ok ? { ok: true, value: { ...position.value, entry: entry.value } } : entry;
};

/** Why a line that can be read is not part of this journal; gaps in the sequence are none. */
const misfit = (line: JournalLine, document: StateDocument, played: number): string | undefined => {
  if (line.installation !== document.installation) return 'it belongs to another installation';
  if (line.extends !== document.serial) return 'it belongs to another serial';
  return line.sequence > played ? undefined : 'it is out of sequence';
};

const documentTooOld = (name: string, journal: number, document: number): LabError =>
  new LabError('BAD_STATE', `${name} goes on from serial ${journal}, but the state document has serial ${document}`, {
    next: `Put the state document of serial ${journal} back; without it, move ${name} away and apply again: lab knows its own objects by their marks`,
  });
