import { z } from 'zod';
import { address } from '../../engine/address.ts';
import { defineKind } from '../../engine/define-kind.ts';
import type { KubeObject } from '../../engine/ports.ts';
import type { Live } from '../../engine/resource.ts';
import { textMembers } from './json.ts';
import { applyDesired } from './objects/apply.ts';
import { liveObject } from './objects/live.ts';
import { checkMetadata, liveMetadata, metadataFields, metadataTraits } from './objects/metadata.ts';
import type { KubeClient } from './objects/object-api.ts';

const ref = ([namespace = '', name = '']: readonly string[]) => ({ group: '', kind: 'ConfigMap', namespace, name });

const liveMap = (found: KubeObject | undefined): Live => {
  if (found === undefined) return { exists: 'no' };
  const data = textMembers(found['data']);
  const outputs = Object.fromEntries(Object.entries(data).map(([key, value]) => [`data.${key}`, value]));
  return liveObject(found, { data, ...liveMetadata(found) }, outputs);
};

/** kubernetes.config-map/NAMESPACE/NAME. Each key is an output: `#data.ca.crt`. */
export const configMap = defineKind({
  kind: 'kubernetes.config-map',
  parts: [['namespace', 'name']],
  schema: z.strictObject({
    data: z
      .record(z.string().regex(/^[-._a-zA-Z0-9]+$/), z.string().nullable())
      .describe('Texts by key; only the named keys are managed, null means absent')
      .optional(),
    ...metadataFields,
  }),
  fields: { 'data.*': { reference: true }, ...metadataTraits },
  outputs: { 'data.*': {} },
  ownership: 'whole',
  mark: 'own',
  writes: 'apply',
  precondition: 'server',
  parent: ([namespace = '']) => address('kubernetes.namespace', namespace),
  check: checkMetadata,
  read: async ({ objects }: KubeClient, id) => liveMap(await objects.get(ref(id))),
  readMany: async ({ objects }, asked) =>
    (await objects.lookUp(asked.map(({ id }) => ref(id)))).map((told) => told && liveMap(told.object)),
  write: (client, { id, spec: { data, ...metadata }, ...circumstances }) => {
    const content = data === undefined ? {} : { data };
    return applyDesired(client, { ref: ref(id), apiVersion: 'v1', ...metadata, content }, circumstances, 'state');
  },
  remove: ({ objects }, id) => objects.remove(ref(id)),
});
