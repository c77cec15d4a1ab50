import type { Change } from '../engine/change.ts';

/** The address whose own trouble holds a blocked change up; its own address if that is the trouble. */
export const rootCauses = (changes: readonly Change[]): ReadonlyMap<string, string> => {
  const blocked = new Map(
    changes.flatMap((change) => (change.standing.is === 'blocked' ? [[change.address, change] as const] : [])),
  );
  const roots = new Map<string, string>();
  // Changes come after what they need, so the root of a need is known before.
  for (const [address, { standing, dependsOn }] of blocked) {
    const isRoot = standing.is === 'blocked' && standing.root;
    const need = isRoot ? undefined : dependsOn.find((candidate) => blocked.has(candidate));
    roots.set(address, need === undefined ? address : (roots.get(need) ?? need));
  }
  return roots;
};
