import { elements, members, text } from '../json.ts';
import type { Send } from '../wire/call.ts';

/**
 * The pods that the StatefulSets of these pods have yet to bring into being, by name. One that no node takes is not
 * counted on, nor what would only come after it. [] without the right to read a StatefulSet.
 */
export const owedPods = async (send: Send, namespace: string, pods: readonly unknown[]): Promise<readonly string[]> => {
  const running = new Set(pods.filter((pod) => phaseOf(pod) === 'Running').map(nameOf));
  const homeless = new Set(pods.filter(isHomeless).map(nameOf));
  const owed = await Promise.all(
    [...new Set(pods.flatMap(setsOf))].map(async (name) => {
      const path = `/apis/apps/v1/namespaces/${namespace}/statefulsets/${name}`;
      const { status, body } = await send({ method: 'GET', path, expects: [403, 404] });
      if (status !== 200) return [];
      const { replicas, ordinals, podManagementPolicy } = members(members(body)['spec']);
      const start = Number(members(ordinals)['start'] ?? 0);
      const names = Array.from({ length: Number(replicas ?? 1) }, (_, index) => `${name}-${start + index}`);
      const oneByOne = podManagementPolicy !== 'Parallel';
      if (oneByOne && names.some((one) => homeless.has(one))) return [];
      return names.filter((one) => !running.has(one) && !homeless.has(one));
    }),
  );
  return owed.flat();
};

const nameOf = (pod: unknown): string => text(members(members(pod)['metadata'])['name']) ?? '';

const phaseOf = (pod: unknown): string | undefined => text(members(members(pod)['status'])['phase']);

const setsOf = (pod: unknown): readonly string[] =>
  elements(members(members(pod)['metadata'])['ownerReferences'])
    .map(members)
    .flatMap(({ kind, name }) => (kind === 'StatefulSet' ? [String(name)] : []));

const isHomeless = (pod: unknown): boolean =>
  elements(members(members(pod)['status'])['conditions'])
    .map(members)
    .some(({ type, status, reason }) => type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable');
