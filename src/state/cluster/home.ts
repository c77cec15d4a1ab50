import type { KubeObject, Made, OwnObjects } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';

/** Makes an object, and its namespace if that is missing; the namespace stays when the object goes. */
export const createAtHome = async (
  objects: OwnObjects,
  object: KubeObject,
): Promise<Exclude<Made, { is: 'homeless' }>> => {
  const made = await objects.create(object);
  if (made.is !== 'homeless') return made;
  const { namespace: name = '' } = object.metadata;
  const labels = { 'app.kubernetes.io/managed-by': 'lab' };
  await objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  const again = await objects.create(object);
  if (again.is !== 'homeless') return again;
  throw new LabError('REJECTED', `the namespace ${name}, in which lab keeps what is its own, cannot be made`);
};
