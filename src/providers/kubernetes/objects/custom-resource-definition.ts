import type { KubeObject, ObjectRef } from '../../../engine/ports.ts';
import type { Settled } from '../../../engine/resource.ts';
import { elements, members, text } from '../json.ts';

/** Whether an object is the definition of a type. */
export const isDefinition = ({ group, kind }: Pick<ObjectRef, 'group' | 'kind'>): boolean =>
  group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition';

/** Whether the type of a definition is in service: its condition `Established`. */
export const establishment = (definition: KubeObject | undefined): Settled => {
  const conditions = elements(members(definition?.['status'])['conditions']).map(members);
  const named = (type: string) => conditions.find((condition) => condition['type'] === type);
  if (named('Established')?.['status'] === 'True') return { state: 'done' };
  const names = named('NamesAccepted');
  if (names?.['status'] !== 'False')
    return { state: 'waiting', because: 'the API server is taking the type into service' };
  return {
    state: 'failed',
    because: `its names are not accepted: ${text(names['message']) ?? 'no reason given'}`,
    next: 'Another definition has them: remove it, or choose other names.',
  };
};
