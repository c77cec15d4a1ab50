import { buildNodes, phasesOf } from '../engine/node.ts';
import { placeOf } from '../manifest/complaint.ts';
import type { Expanded } from '../manifest/expanded.ts';
import { kindsOf, providers } from '../providers/index.ts';
import type { Expansion } from '../views/expand.ts';

/** The manifest as a flat, ordered list of resources with edges and phases. Throws CYCLE. */
export const expansionOf = ({ name, environment, resources, diagnostics }: Expanded): Expansion => {
  const nodes = buildNodes(resources, kindsOf(providers));
  const phases = phasesOf(nodes);
  return {
    name,
    environment,
    resources: [...nodes.values()].map(({ address, resource, needs }) => ({
      address,
      ownership: resource.ownership,
      phase: phases.get(address) ?? 'bootstrap',
      dependsOn: needs,
      at: placeOf(resource.origin),
    })),
    diagnostics,
  };
};
