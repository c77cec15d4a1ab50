import { LabError } from '../../../errors.ts';
import type { EscrowRecord, GenerationEnd, RootEnd } from './escrow-entries.ts';
import { canonicalText } from './escrow-record.ts';
import type { Generation } from './generation.ts';
import { holdersOf } from './holders.ts';
import type { InitConfig, Person, Place } from './init-config.ts';

/** How one generation of shares ended, and by which number it is known. */
export interface Ended {
  readonly generation: Generation;
  readonly end: GenerationEnd;
}

/** What one store has on record: how each generation ended, and the root token; or why it cannot be read now. */
export type StoreSays =
  | { readonly place: Place; readonly is: 'read'; readonly ends: readonly Ended[]; readonly root: RootEnd | undefined }
  | { readonly place: Place; readonly is: 'unread'; readonly because: LabError };

/** Whether the stores tell the same: the one that is asked, and what the others have on record. */
export const lookAtStores = (says: readonly StoreSays[], ends: readonly Ended[], current: number) =>
  says.map((store) => {
    const custodian = store.place.name;
    if (store.is === 'unread') return { custodian, is: 'unread', because: store.because.message } as const;
    const isOther = store.ends.some(({ end }, index) => textOf(end) !== textOf(ends[index]?.end));
    if (isOther) return { custodian, is: 'other' } as const;
    const keepsCurrent = ends.some(
      ({ generation, end }) =>
        generation.number === current && 'clusterId' in end && end.custodians.some(({ name }) => name === custodian),
    );
    return { custodian, is: keepsCurrent && store.ends.length < ends.length ? 'gone' : 'same' } as const;
  });

const textOf = (end: Ended['end'] | undefined): string => (end === undefined ? '' : canonicalText(end));

/** How the copies of each custodian are now, against their record. What opens them is not asked for. */
export const lookAtCopies = async (ends: readonly Ended[], config: InitConfig) => {
  const all = ends.map(async ({ generation, end }) => ('void' in end ? [] : copiesOf(generation, end, config)));
  return (await Promise.all(all)).flat();
};

const copiesOf = async (generation: Generation, record: EscrowRecord, config: InitConfig) => {
  const { stores, people, gone } = holdersOf(record, config);
  const found = await Promise.all([...stores, ...people].map((holder) => lookAt(generation, record, holder)));
  const unplaced = gone.map((custodian) => ({ custodian, is: 'not in the manifest' }) as const);
  return [...found, ...unplaced].map((one) => ({ generation: generation.number, ...one }));
};

const lookAt = async (generation: Generation, record: EscrowRecord, holder: Place | Person) => {
  const custodian = holder.name;
  const recorded = record.custodians.find(({ name }) => name === custodian);
  try {
    const file = await generation.fileDigest(holder);
    const isFileOther = file !== undefined && recorded?.file !== undefined && file !== recorded.file;
    if (isFileOther) return { custodian, is: 'other' } as const;
    if (holder.keeper === 'person') {
      // Theirs to carry away.
      if (file === undefined) return { custodian, is: 'carried away' } as const;
      return recorded?.file === undefined
        ? ({ custodian, is: 'unread', because: 'no digest of that file is on record' } as const)
        : ({ custodian, is: 'same' } as const);
    }
    const digests = await generation.digests(holder);
    if (digests.length === 0) return { custodian, is: 'gone' } as const;
    return { custodian, is: digests.join() === recorded?.digests.join() ? 'same' : 'other' } as const;
  } catch (error) {
    if (!(error instanceof LabError) || error.code === 'CANCELLED') throw error;
    return { custodian, is: 'unread', because: error.message } as const;
  }
};
