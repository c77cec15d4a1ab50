import { parseAddress } from '../engine/address.ts';
import type { Plan } from '../engine/change.ts';
import { dependentsOf } from '../engine/graph.ts';
import { buildNodes, graphOf, phasesOf } from '../engine/node.ts';
import { didYouMean } from '../engine/suggest.ts';
import { LabError } from '../errors.ts';
import { placeOf } from '../manifest/complaint.ts';
import type { Expanded } from '../manifest/expanded.ts';
import { kindsOf, providers } from '../providers/index.ts';
import type { State } from '../state/store.ts';
import type { Explanation } from '../views/explain.ts';

interface Known {
  readonly manifest: Expanded;
  readonly state: State | undefined;
}

/** Refuses an address that neither manifest nor state has, before any server is asked. Throws BAD_MANIFEST. */
export const refuseUnknown = (address: string, { manifest, state }: Known): void => {
  const addresses = [...manifest.resources, ...(state?.records ?? [])].map((known) => known.address);
  if (addresses.includes(address)) return;
  parseAddress(address);
  throw new LabError('BAD_MANIFEST', `there is no ${address}${didYouMean(address, addresses)}`, {
    next: 'lab expand lists the addresses of the manifest, lab state list those of the state.',
  });
};

/** Everything that is known of one address: from the manifest, from the graph, from state and from a fresh plan. */
export const explain = (address: string, plan: Plan, { manifest, state }: Known): Explanation => {
  const nodes = buildNodes(manifest.resources, kindsOf(providers));
  const node = nodes.get(address);
  const record = state?.records.find((candidate) => candidate.address === address);
  const change = plan.changes.find((candidate) => candidate.address === address);
  return {
    address,
    kind: node?.resource.kind ?? record?.kind ?? parseAddress(address).kind,
    ...(node === undefined
      ? {}
      : {
          wanted: {
            ownership: node.resource.ownership,
            phase: phasesOf(nodes).get(address) ?? 'bootstrap',
            at: placeOf(node.resource.origin),
            path: node.resource.origin.path,
          },
        }),
    ...(record === undefined ? {} : { recorded: { ownership: record.ownership, status: record.status } }),
    needs: node?.needs ?? record?.dependsOn ?? [],
    neededBy: dependentsOf(graphOf(nodes)).get(address) ?? [],
    gates: node?.gates ?? [],
    opens: node?.facts.opens(node.id, node.resource.spec) ?? [],
    ...(change === undefined ? {} : { change }),
  };
};
