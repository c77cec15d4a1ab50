import type { StateRecord } from '../state/store.ts';
import type { Assessment } from './assess.ts';
import type { Owner } from './change.ts';
import type { Emit } from './event.ts';
import type { Node } from './node.ts';
import { whoseMark } from './owner.ts';
import { parsePath } from './path.ts';
import { survey } from './plan.ts';
import type { PlanOptions, World } from './world.ts';
import { liveFingerprints, recordFor } from './writing.ts';

/** What live objects and their marks say of a state that was lost. */
export interface Rebuilt {
  /** Its installation is the one that the marks show, if they agree. */
  readonly owner: Owner;
  /** Of objects that carry our mark and that state does not know. */
  readonly records: readonly StateRecord[];
  /** Systems that these lie in: provider → scope. */
  readonly systems: Readonly<Record<string, string>>;
  /** Addresses of what is there without a mark: nobody can tell whether lab made it. */
  readonly unmarked: readonly string[];
  /** Objects that carry somebody else's mark. */
  readonly foreign: readonly { readonly address: string; readonly mark: string }[];
  /** What could not be looked at. */
  readonly unseen: readonly { readonly address: string; readonly because: string }[];
}

type Assessed = Extract<Assessment, { is: 'assessed' }>;

/** Looks for what lab made where the manifest says that it would be. Writes nothing. */
export const rebuild = async (world: World, options: PlanOptions, emit: Emit): Promise<Rebuilt> => {
  const { plan, nodes, assessed } = await survey(world, options, emit);
  const looked = [...nodes.values()].flatMap((node) => {
    const found = assessed.get(node.address);
    return found === undefined ? [] : [{ node, found }];
  });
  const seen = looked.flatMap(({ node, found }) => (found.is === 'assessed' ? [{ node, found }] : []));
  const ours = seen.filter(({ found }) => isUnknownAndOurs(found));
  return {
    owner: plan.owner,
    records: ours.map(({ node, found }) => rebuiltRecord(node, found)),
    systems: Object.fromEntries(ours.map(({ node, found }) => [node.provider, found.scope])),
    unmarked: seen.filter(({ found }) => isUnmarked(found)).map(({ node }) => node.address),
    foreign: seen.flatMap(({ node, found: { live } }) =>
      live.exists === 'yes' && live.mark !== undefined && whoseMark(live.mark, plan.owner) === 'foreign'
        ? [{ address: node.address, mark: live.mark }]
        : [],
    ),
    unseen: looked.flatMap(({ node: { address }, found }) => {
      switch (found.is) {
        case 'assessed':
          return [];
        case 'gated':
          return [{ address, because: found.because }];
        case 'refused':
          return [{ address, because: found.error.message }];
      }
    }),
  };
};

const isUnknownAndOurs = ({ live, record, decision }: Assessed): boolean =>
  live.exists === 'yes' && record === undefined && decision.ownership === 'owned';

const isUnmarked = ({ live, record, decision }: Assessed): boolean =>
  live.exists === 'yes' && live.mark === undefined && record === undefined && decision.ownership === 'used';

// Where live and manifest differ nobody can say any more what was applied: it counts as not applied yet, never as drift.
const rebuiltRecord = (node: Node, found: Assessed): StateRecord => {
  const moved = new Set(found.decision.fields.map(({ path }) => parsePath(path)[0]));
  const agreed = Object.fromEntries(Object.entries(found.desired).filter(([field]) => !moved.has(field)));
  return { ...recordFor(node, { ...found, desired: agreed }, liveFingerprints(found), 'owned'), status: 'done' };
};
