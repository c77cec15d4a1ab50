import type { Json } from '../engine/value.ts';
import { LabError } from '../errors.ts';
import {
  type Decoded,
  decodeHead,
  decodeRecord,
  field,
  formatVersion,
  identityIn,
  newerFormat,
  parseJson,
} from './decode.ts';
import { emptyDocument, type StateDocument } from './document.ts';
import type { StateRecord } from './store.ts';

/** The state document as text: JSON with a record a line, so that a damaged line costs its own record only. */
export const encodeDocument = (document: StateDocument): string => {
  const { installation, serial } = document;
  const systems = Object.fromEntries(document.systems);
  const usedPlans = [...document.usedPlans];
  const head = JSON.stringify({ formatVersion, installation, serial, systems, usedPlans, records: [] });
  const records = [
    ...[...document.records.values()].map((record) => JSON.stringify(record)),
    ...[...document.broken].map(({ text }) => text),
  ];
  return `${head.slice(0, -']}'.length)}\n${records.join(',\n')}\n]}\n`;
};

/**
 * Reads a state document; `name` is what complaints call it. A record that cannot be decoded becomes a broken one.
 * Throws BAD_STATE if the whole is unreadable or of a newer format.
 */
export const decodeDocument = (text: string, name: string): StateDocument => {
  const parts = takeApart(text, name);
  const newer = newerFormat(parts.head);
  if (newer !== undefined) throw tooNew(name, newer);
  const head = decodeHead(parts.head);
  if (!head.ok) throw unreadable(name, head.why);
  const { installation, serial, systems, usedPlans } = head.value;
  const document: StateDocument = {
    ...emptyDocument(installation),
    serial,
    systems: new Map(Object.entries(systems)),
    usedPlans: new Set(usedPlans),
  };
  for (const [index, line] of parts.records.entries()) {
    const record = parseRecord(line);
    if (record.ok && !document.records.has(record.value.identity)) {
      document.records.set(record.value.identity, record.value);
    } else {
      const why = record.ok ? 'there is another record of this object' : record.why;
      document.broken.add({ identity: identityIn(line) ?? `record ${index + 1} of ${name}`, why, text: line });
    }
  }
  return document;
};

/** The complaint about a format from the future. */
export const tooNew = (name: string, version: number): LabError =>
  new LabError('BAD_STATE', `${name} was written by a newer lab: format ${version}, this one knows ${formatVersion}`, {
    next: 'Use at least the version of lab that wrote it.',
  });

/** The complaint about a whole that cannot be read. */
export const unreadable = (name: string, why: string): LabError =>
  new LabError('BAD_STATE', `${name} cannot be read: ${why}`, {
    next: `Put a backup of ${name} back; without one, move it away and apply again: lab knows its own objects by their marks`,
  });

const parseRecord = (line: string): Decoded<StateRecord> => {
  const parsed = parseJson(line);
  if (!parsed.ok) return parsed;
  if (typeof parsed.value === 'string') return { ok: false, why: 'it is a step of the journal that cannot be played' };
  return decodeRecord(parsed.value);
};

/** Head and records, each record in its own words. Other layouts than ours (a formatter's) are read as one JSON text. */
const takeApart = (text: string, name: string): { head: Json; records: readonly string[] } => {
  const [first = '', ...rest] = text.trimEnd().split('\n');
  if (first.endsWith('"records":[') && rest.at(-1) === ']}') {
    const head = parseJson(`${first}]}`);
    if (!head.ok) throw unreadable(name, head.why);
    const lines = rest.slice(0, -1).map((line) => line.replace(/,$/, ''));
    return { head: head.value, records: lines.filter((line) => line !== '') };
  }
  const whole = parseJson(text);
  if (!whole.ok) throw unreadable(name, whole.why);
  const records = field(whole.value, 'records');
  if (!Array.isArray(records)) throw unreadable(name, 'it holds no list of records');
  return { head: whole.value, records: records.map((record) => JSON.stringify(record)) };
};
