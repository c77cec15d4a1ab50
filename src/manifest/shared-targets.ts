import { z } from 'zod';
import { address, providerOf } from '../engine/address.ts';
import type { Diagnostic } from '../engine/change.ts';
import type { KindFacts, Resource } from '../engine/resource.ts';
import { placeOf } from './complaint.ts';
import type { Expanded } from './expanded.ts';
import { isLoopback } from './loopback.ts';

/** An object that one environment owns, and where it is. */
interface Target {
  readonly environment: string;
  readonly resource: Resource;
  readonly system: string;
  /** Equal for one and the same object. */
  readonly name: string;
}

/**
 * Errors for objects that two environments of one manifest both own: each would undo what the other did. What they only
 * contribute to or expect, they may share. One error for each two environments and system, at the first such object.
 */
export const checkSharedTargets = (
  environments: readonly Expanded[],
  kinds: ReadonlyMap<string, KindFacts>,
): Diagnostic[] => {
  const owners = new Map<string, Target>();
  const shared = new Map<string, { first: Target; second: Target; count: number }>();
  for (const target of environments.flatMap((manifest) => targetsOf(manifest, kinds))) {
    const first = owners.get(target.name) ?? target;
    owners.set(target.name, first);
    if (first.environment === target.environment) continue;
    const pair = JSON.stringify([first.environment, target.environment, target.system]);
    const known = shared.get(pair);
    shared.set(pair, { ...(known ?? { first, second: target }), count: (known?.count ?? 0) + 1 });
  }
  return [...shared.values()].map(({ first, second, count }) => ({
    severity: 'error',
    code: 'BAD_MANIFEST',
    message:
      `${first.resource.origin.path}: the environments ${first.environment} and ${second.environment} both own ` +
      `${first.resource.address} in ${first.system}${count === 1 ? '' : ` and ${count - 1} more there`}`,
    at: placeOf(second.resource.origin),
    next: 'Give each its own cluster, store or name; or let one only read: leave `value` away, or say `manage: existing`.',
  }));
};

const targetsOf = (
  { environment, resources, connections }: Expanded,
  kinds: ReadonlyMap<string, KindFacts>,
): Target[] =>
  resources
    .filter(({ ownership }) => ownership === 'owned')
    .flatMap((resource) => {
      const system = systemOf(resource.kind, connections);
      const id = kinds.get(resource.kind)?.identify(resource.parts, resource.spec);
      if (system === undefined || id === undefined) return [];
      return [{ environment, resource, system, name: JSON.stringify([system, address(resource.kind, ...id)]) }];
    });

// What connections say of where a system is; each provider has its own of these.
const whereabouts = z
  .object({
    context: z.string(),
    kubeconfig: z.string(),
    address: z.string(),
    account: z.string(),
    subscription: z.string(),
    aks: z.object({ resourceGroup: z.string(), name: z.string() }),
    eks: z.object({ region: z.string(), name: z.string() }),
  })
  .partial()
  .catch({});

/** What tells one system from another before any is asked; undefined where nothing does. */
const systemOf = (kind: string, connections: Expanded['connections']): string | undefined => {
  const provider = providerOf(kind);
  // Objects of External Secrets lie in the cluster.
  const connection = connections[provider === 'external-secrets' ? 'kubernetes' : provider];
  const { context, kubeconfig, address: server, account, subscription, aks, eks } = whereabouts.parse(connection);
  if (context !== undefined) return `the cluster ${context}${kubeconfig === undefined ? '' : ` of ${kubeconfig}`}`;
  if (aks !== undefined) return `the AKS cluster ${aks.name} in ${aks.resourceGroup}`;
  if (eks !== undefined) return `the EKS cluster ${eks.name} in ${eks.region}`;
  // On this machine it is whichever server a port leads to just then.
  if (server !== undefined) return isLoopback(server) ? undefined : `${provider} at ${server}`;
  // A region is part of the identity; the name of a key vault is unique in the world, other names in a subscription.
  const within = kind.startsWith('azure.key-vault') ? undefined : (account ?? subscription);
  return connection === undefined ? undefined : [provider, within].filter((part) => part !== undefined).join(' ');
};
