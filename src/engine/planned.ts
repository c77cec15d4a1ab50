import type { StateRecord } from '../state/store.ts';
import { providerOf } from './address.ts';
import { type Assessment, identityOf } from './assess.ts';
import type { Change, Standing } from './change.ts';
import type { Node, Nodes } from './node.ts';
import { parsePath } from './path.ts';
import type { Live } from './resource.ts';
import { traitsAt } from './traits.ts';
import type { Fields } from './value.ts';

/** What lies around the nodes: their phases, what is lost, what state knows. */
export interface Surroundings {
  readonly phases: ReadonlyMap<string, 'bootstrap' | 'production'>;
  readonly lost: ReadonlyMap<string, string>;
  readonly records: readonly StateRecord[];
}

/** Assessments as changes: what needs something that is blocked is blocked, too. */
export const changesOf = (nodes: Nodes, assessed: ReadonlyMap<string, Assessment>, around: Surroundings): Change[] => {
  const changes = new Map<string, Change>();
  for (const [address, node] of nodes) {
    const found = assessed.get(address);
    if (found === undefined) continue;
    const blocker = node.needs.find((need) => changes.get(need)?.standing.is === 'blocked');
    changes.set(
      address,
      toChange(node, found, blocker, { ...around, isWriting: (other) => isWriting(changes.get(other)) }),
    );
  }
  return [...changes.values()];
};

// Only what comes before a node can be what it waits for.
const isWriting = (change: Change | undefined): boolean =>
  change?.standing.is === 'planned' && (isWritten(change) || change.actions.includes('finish'));

type Around = Surroundings & { readonly isWriting: (address: string) => boolean };

const toChange = (node: Node, found: Assessment, blocker: string | undefined, around: Around): Change => {
  const { address } = node;
  const base = {
    address,
    kind: node.resource.kind,
    phase: around.phases.get(address) ?? 'bootstrap',
    dependsOn: node.needs,
    origin: node.resource.origin,
  };
  const unseen = (standing: Standing): Change => ({
    ...base,
    identity: identityOf('?', node.resource.kind, node.id),
    actions: ['none'],
    standing,
    ownership: node.resource.ownership,
    fields: [],
    notes: [],
    observed: '',
    desired: '',
  });
  switch (found.is) {
    case 'gated': {
      const wasThere =
        around.lost.has(providerOf(found.gate)) && around.records.some((record) => record.address === address);
      if (wasThere) return unseen({ is: 'blind', because: found.because });
      const deferred = unseen({ is: 'deferred', gate: found.gate, because: found.because });
      return { ...deferred, ...oneWay(node, node.resource.spec, { exists: 'no' }) };
    }
    case 'refused': {
      const { message: because, detail } = found.error;
      return detail.until !== undefined && around.isWriting(detail.until)
        ? unseen({ is: 'deferred', gate: detail.until, because })
        : unseen({ is: 'blocked', because, root: true });
    }
    case 'assessed': {
      const { decision } = found;
      const held: Standing | undefined =
        blocker === undefined || decision.standing.is === 'blocked'
          ? undefined
          : { is: 'blocked', because: `needs ${blocker}`, root: false };
      const risky = decision.actions.includes('replace') && node.facts.protect !== undefined;
      return {
        ...base,
        ...decision,
        identity: found.identity,
        ...(held === undefined ? {} : { standing: held }),
        ...hidden(node, found),
        ...(isWritten(decision) ? oneWay(node, found.desired, writtenOver(found)) : {}),
        ...(risky && node.facts.protect !== undefined ? { protect: node.facts.protect } : {}),
      };
    }
  }
};

/** What of an object that is there cannot be held against it, and what only looks different. */
const hidden = (node: Node, { live, verdicts }: Extract<Assessment, { is: 'assessed' }>) => {
  if (live.exists === 'no') return {};
  const unverifiable = [...verdicts].flatMap(([path, verdict]) => {
    const isHidden = traitsAt(node.facts, parsePath(path)).writeOnly === true;
    return verdict.is === 'unverifiable' || (isHidden && verdict.is === 'same') ? [path] : [];
  });
  return {
    ...(unverifiable.length === 0 ? {} : { unverifiable }),
    ...(live.reformatted === undefined ? {} : { reformatted: live.reformatted }),
  };
};

/** Whether a decision ends in a call of write(). */
export const isWritten = ({ actions }: Pick<Change, 'actions'>): boolean =>
  actions.some((action) => action === 'create' || action === 'recover' || action === 'update' || action === 'replace');

/** What a write begins with: what is replaced is gone by then. */
export const writtenOver = ({ decision, live }: Extract<Assessment, { is: 'assessed' }>): Live =>
  decision.actions.includes('replace') ? { exists: 'no' } : live;

const oneWay = (node: Node, desired: Fields, live: Live): Pick<Change, 'irreversible'> => {
  const irreversible = node.facts.irreversible(node.id, desired, live);
  return irreversible === undefined ? {} : { irreversible };
};
