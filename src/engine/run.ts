import type { StateRecord, StateSession } from '../state/store.ts';
import type { Assessing } from './assess.ts';
import type { Change, Diagnostic } from './change.ts';
import type { Emit } from './event.ts';
import type { Node, Nodes } from './node.ts';
import type { Observer } from './observe.ts';
import type { ApplyOptions } from './outcome.ts';
import type { Live } from './resource.ts';
import type { Gatekeeper, Stopwatch } from './waiting.ts';
import type { World } from './world.ts';

/** How one address ended. */
export type Outcome =
  | { readonly is: 'done' | 'unchanged' | 'failed' | 'cancelled' }
  | { readonly is: 'skipped' | 'deferred' | 'refused'; readonly because: string };

/** What one apply shares between its steps. */
export interface Run {
  readonly world: World;
  readonly nodes: Nodes;
  readonly options: ApplyOptions;
  readonly session: StateSession;
  /** State as it was when the run began, by identity. */
  readonly records: ReadonlyMap<string, StateRecord>;
  readonly observer: Observer;
  readonly gates: Gatekeeper;
  readonly clock: Stopwatch;
  readonly emit: Emit;
  /** Looks a node up for those that depend on it: its newest read. */
  readonly sights: Map<string, { scope: string; live: Live }>;
  readonly diagnostics: Diagnostic[];
  /** Asks, one question at a time, whether something beyond the approved plan may be done. */
  readonly approve: (beyond: Change) => Promise<boolean>;
  /** One at a time for equal keys. */
  readonly exclusively: <T>(key: string | undefined, work: () => Promise<T>) => Promise<T>;
}

/** What assess() needs, from the run's newest reads. */
export const assessing = (run: Run): Assessing => ({
  world: run.world,
  options: run.options,
  owner: { ...run.world.owner, installation: run.session.state.installation },
  records: run.records,
  outputOf: ({ address, output }) => {
    const live = run.sights.get(address)?.live;
    return live?.exists === 'yes' ? live.outputs[output] : undefined;
  },
  // Who writes it comes before who takes it.
  comes: () => false,
  container: (node: Node) => ({
    live: node.parent === undefined ? undefined : run.sights.get(node.parent)?.live,
    replaced: false,
  }),
});
