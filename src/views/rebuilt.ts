import type { Owner } from '../engine/change.ts';
import type { Rebuilt } from '../engine/rebuild.ts';
import type { Document, Exit } from './document.ts';
import type { RecordLine } from './state.ts';
import { counted, oneLine, table } from './text.ts';

/** `lab state rebuild --json` */
export interface RebuiltDocument extends Document {
  readonly owner: Owner;
  readonly records: readonly RecordLine[];
  readonly unmarked: Rebuilt['unmarked'];
  readonly foreign: Rebuilt['foreign'];
  readonly unseen: Rebuilt['unseen'];
}

/** What was taken on record, without what was applied. */
export const rebuiltJson = ({ owner, records, unmarked, foreign, unseen }: Rebuilt, exit: Exit): RebuiltDocument => ({
  formatVersion: 1,
  exit,
  owner,
  records: records.map(({ address, identity, ownership, status }) => ({ address, identity, ownership, status })),
  unmarked,
  foreign,
  unseen,
});

/** The same for people. */
export const rebuiltText = ({ owner, records, unmarked, foreign, unseen }: RebuiltDocument): string =>
  [
    `${owner.name} · env ${owner.environment} · ${counted(records.length, 'object')} on record again`,
    ...table(records.map(({ address }) => [address])),
    ...(unmarked.length === 0
      ? []
      : ['There, and without a mark; the next apply takes on record what it writes of them:']),
    ...table(unmarked.map((address) => [address])),
    ...(foreign.length === 0
      ? []
      : ['Of another installation, left as they are; lab apply --adopt ADDRESS takes over:']),
    ...table(foreign.map(({ address, mark }) => [address, oneLine(mark)])),
    ...(unseen.length === 0 ? [] : ['Not looked at; run this again when they can be:']),
    ...table(unseen.map(({ address, because }) => [address, oneLine(because)])),
  ].join('\n');
