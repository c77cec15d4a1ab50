import { LabError } from '../errors.ts';
import type { Change, Diagnostic, Owner } from './change.ts';
import type { Emit } from './event.ts';
import type { Node } from './node.ts';
import type { Observer } from './observe.ts';
import { type Survey, survey } from './plan.ts';
import type { Probe, Settled } from './resource.ts';
import type { Fields } from './value.ts';
import type { PlanOptions, World } from './world.ts';

/** Why a resource was not probed; with its gate where it is deferred behind one. */
export interface Unchecked {
  readonly address: string;
  readonly because: string;
  readonly gate?: string;
}

/** What was proven end to end, and what was not. */
export interface VerifyReport {
  readonly formatVersion: 1;
  readonly owner: Owner;
  /** Resources that have something to prove and stand as the manifest has them. */
  readonly verified: readonly { readonly address: string; readonly probes: readonly Probe[] }[];
  /** Resources that were not probed: gated, unreadable, or not as the manifest has them. */
  readonly unchecked: readonly Unchecked[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Probes every resource that stands as the manifest has it. Changes no object: what a probe makes, it removes. */
export const verify = async (world: World, options: PlanOptions, emit: Emit): Promise<VerifyReport> => {
  const seen = await survey(world, options, emit);
  const { plan } = seen;
  const unchecked = plan.changes.flatMap((change) => {
    const reason = whyUnchecked(change);
    return reason === undefined ? [] : [{ address: change.address, ...reason }];
  });
  const left = new Set(unchecked.map(({ address }) => address));
  const verified = await Promise.all(
    [...seen.nodes.values()]
      .filter(({ address }) => !left.has(address))
      .map(async (node) => ({ address: node.address, probes: await probesOf(node, seen) })),
  );
  return {
    formatVersion: 1,
    owner: plan.owner,
    verified: verified.filter(({ probes }) => probes.length > 0),
    unchecked,
    diagnostics: plan.diagnostics,
  };
};

const whyUnchecked = ({ standing, actions }: Change): Omit<Unchecked, 'address'> | undefined => {
  switch (standing.is) {
    case 'planned':
      return actions.every((action) => action === 'none') ? undefined : { because: 'it is not as the manifest has it' };
    case 'deferred':
      return { because: standing.because, gate: standing.gate };
    case 'blind':
    case 'blocked':
      return { because: standing.because };
  }
};

const probesOf = async (node: Node, { assessed, observer }: Survey): Promise<readonly Probe[]> => {
  const found = assessed.get(node.address);
  if (found?.is !== 'assessed') return [];
  try {
    return await observer.bounded(node.provider, () => askKind(node, found.desired, observer));
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return [{ is: 'untried', check: 'probe', because: error.message }];
  }
};

const askKind = async (node: Node, desired: Fields, observer: Observer): Promise<readonly Probe[]> => {
  const kind = observer.connection(node.provider).kind(node.resource.kind);
  const settled = await kind.settled(node.id, desired);
  return [...(settled === undefined ? [] : [inService(settled)]), ...(await kind.verify(node.id, desired))];
};

const inService = (settled: Settled): Probe => {
  const check = 'in service';
  if (settled.state === 'done') return { is: 'proven', check };
  const expected = 'settled';
  if (settled.state === 'waiting') return { is: 'failed', check, expected, found: settled.because };
  const next = settled.next === undefined ? {} : { next: settled.next };
  return { is: 'failed', check, expected, found: settled.because, ...next };
};
