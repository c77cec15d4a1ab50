import type { StateRecord } from '../state/store.ts';
import { digest } from './canonical.ts';
import type { Action, Change, FieldChange, Owner } from './change.ts';
import { diff, managedPart } from './diff.ts';
import type { Verdicts } from './judge.ts';
import type { Node } from './node.ts';
import { whoseMark } from './owner.ts';
import { parsePath } from './path.ts';
import { recordedSpec } from './record.ts';
import type { Live } from './resource.ts';
import { inherits, traitsAt } from './traits.ts';
import type { Fields } from './value.ts';

/** Everything that one decision rests on; nothing else is asked. */
export interface Grounds {
  readonly node: Node;
  /** References resolved as far as they are known. */
  readonly desired: Fields;
  readonly live: Live & { exists: 'yes' | 'no' };
  readonly record: StateRecord | undefined;
  readonly verdicts: Verdicts;
  readonly owner: Owner;
  readonly adopt: boolean;
  /** The container carries our mark: what it holds may be updated without a record. */
  readonly containerOurs: boolean;
}

/** What a decision says; the rest of a Change is the same for all. */
export type Decision = Pick<
  Change,
  'actions' | 'standing' | 'ownership' | 'fields' | 'observed' | 'desired' | 'notes'
> & {
  readonly missing?: true;
  readonly previousAddress?: string;
};

/** Decides what to do with one object: pure, used by plan and, once more, by apply just before the write. */
export const decide = (grounds: Grounds): Decision => {
  const { node, desired, live, record } = grounds;
  const fields = differences(grounds);
  const base = {
    fields,
    observed: digest(managedPart(desired, live.exists === 'yes' ? live.spec : undefined)),
    desired: digest(recordedSpec(desired, {})),
    notes: [] as readonly string[],
    standing: { is: 'planned' } as const,
    ...(record !== undefined && record.address !== node.address ? { previousAddress: record.address } : {}),
  };
  if (node.resource.ownership === 'expected') return { ...base, ...expected(live, fields), ownership: 'expected' };
  const claim = node.resource.ownership === 'owned' ? 'owned' : 'contributed';
  if (live.exists === 'no') {
    const missing = record !== undefined && record.status === 'done' ? { missing: true as const } : {};
    const notes = live.recoverable === undefined ? [] : [live.recoverable];
    const action = live.recovers === true ? 'recover' : 'create';
    return { ...base, ...missing, notes, actions: [action], ownership: claim };
  }
  return { ...base, ...existing(grounds, live, fields, claim) };
};

type Verdict = Pick<Decision, 'actions' | 'standing' | 'ownership' | 'notes'>;
const planned = { is: 'planned' } as const;

const expected = (live: Live, fields: readonly FieldChange[]): Pick<Decision, 'actions' | 'standing'> => {
  if (live.exists === 'no')
    return { actions: ['none'], standing: blocked('the manifest expects it, and it is not there') };
  if (fields.length === 0) return { actions: ['none'], standing: planned };
  return { actions: ['none'], standing: blocked(`it is not as the manifest expects: ${paths(fields)}`) };
};

const existing = (
  grounds: Grounds,
  live: Live & { exists: 'yes' },
  fields: readonly FieldChange[],
  claim: 'owned' | 'contributed',
): Verdict => {
  const { node, record, owner } = grounds;
  const whose = whoseMark(live.mark, owner);
  const writes = fields.filter((field) => field.kept !== true);
  const kept =
    fields.length > writes.length ? ['a value was changed by somebody else and is kept (onExternalChange: keep)'] : [];
  // Somebody took it over, or was first where lab died before it heard so: then the record is out of date.
  const lost = record?.ownership === 'owned' && whose === 'foreign';
  if (record !== undefined && !lost) {
    const move: Action[] = record.address === node.address ? [] : ['move'];
    const finish: Action[] = record.status === 'begun' && writes.length === 0 ? ['finish'] : [];
    const actions = [...move, ...updates(node, writes), ...finish];
    return { actions: orNone(actions), standing: planned, ownership: record.ownership, notes: kept };
  }
  if (whose === 'ours' || (grounds.containerOurs && node.facts.mark === 'parent')) {
    const notes = ['ours by its mark; state did not know it', ...kept];
    return { actions: orNone(updates(node, writes)), standing: planned, ownership: 'owned', notes };
  }
  if (claim === 'contributed') {
    const actions = orNone(updates(node, writes));
    return { actions, standing: planned, ownership: writes.length === 0 ? 'used' : 'contributed', notes: kept };
  }
  if (grounds.adopt) {
    // Taking over an object that carries marks means leaving ours, also where nothing else differs.
    const taken: Action[] = node.facts.mark === 'own' && writes.length === 0 ? ['update'] : updates(node, writes);
    return { actions: ['adopt', ...taken], standing: planned, ownership: 'owned', notes: kept };
  }
  if (whose === 'foreign') {
    const because = `it belongs to ${live.mark}; --adopt ${node.address} takes it over`;
    return { actions: ['none'], standing: blocked(because), ownership: 'used', notes: kept };
  }
  if (writes.length === 0)
    return { actions: ['none'], standing: planned, ownership: 'used', notes: ['used as it is, not owned', ...kept] };
  const because = `it exists, is not lab's and differs in ${paths(writes)}; --adopt ${node.address} takes it over`;
  return { actions: ['none'], standing: blocked(because), ownership: 'used', notes: kept };
};

const blocked = (because: string) => ({ is: 'blocked', because, root: true }) as const;
const orNone = (actions: readonly Action[]): readonly Action[] => (actions.length === 0 ? ['none'] : actions);
const paths = (fields: readonly FieldChange[]): string => fields.map((field) => field.path).join(', ');

const updates = (node: Node, fields: readonly FieldChange[]): Action[] => {
  if (fields.length === 0) return [];
  const fixed = fields.filter((field) => inherits(node.facts, parsePath(field.path), 'immutable'));
  return fixed.every((field) => becomesInPlace(node, field)) ? ['update'] : ['replace'];
};

const becomesInPlace = ({ facts }: Node, { path, before, after }: FieldChange): boolean => {
  const { becomes = {} } = traitsAt(facts, parsePath(path));
  if (!('known' in before) || !('known' in after) || typeof before.known !== 'string') return false;
  return Object.hasOwn(becomes, before.known) && becomes[before.known] === after.known;
};

/** The differences, less those that a receipt knows as the server's own way of writing the same thing. */
const differences = ({ node, desired, live, record, verdicts }: Grounds): readonly FieldChange[] => {
  const liveSpec = live.exists === 'yes' ? live.spec : undefined;
  // Of what is others' now, only what the manifest still states counts.
  const applied = node.resource.ownership === 'expected' ? undefined : record?.applied;
  const fields = diff({ facts: node.facts, desired, live: liveSpec, applied, verdicts });
  if (fields.length === 0 || record === undefined || liveSpec === undefined || !node.facts.normalises) return fields;
  const unmoved =
    record.status === 'done' &&
    record.receipt.live === digest(managedPart(desired, liveSpec)) &&
    record.receipt.applied === digest(recordedSpec(desired, {}));
  return unmoved ? [] : fields;
};
