import type { KubeObject, ObjectApi, ObjectMeta } from '../../../src/engine/ports.ts';
import { createClient, type EsoClient } from '../../../src/providers/external-secrets/client.ts';

const nothing = (): never => {
  throw new Error('this test sends no such call');
};

/** The objects of a cluster that answers only what a test gives; everything else is absent, and writes are errors. */
export const objectsWith = (given: Partial<ObjectApi>): ObjectApi => ({
  versions: async () => ['v1', 'v1alpha1'],
  get: async () => undefined,
  list: async () => [],
  lookUp: async (refs) => refs.map(() => undefined),
  apply: nothing,
  merge: nothing,
  remove: nothing,
  ...given,
});

/** A client over such a cluster. */
export const clientOver = (given: Partial<ObjectApi>, mode: 'expected' | 'wait' = 'expected'): EsoClient =>
  createClient({ mode, namespace: 'eso' }, objectsWith(given));

/** An object as the API server answers it. */
export const object = (
  kind: string,
  metadata: Partial<ObjectMeta>,
  fields: { spec?: object; status?: object } = {},
): KubeObject => ({
  apiVersion: 'external-secrets.io/v1',
  kind,
  metadata: { name: 'database', uid: 'uid-1', generation: 2, ...metadata },
  ...fields,
});

/** A status with one condition. */
export const ready = (status: 'True' | 'False', reason: string, message: string) => ({
  conditions: [{ type: 'Ready', status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z' }],
});
