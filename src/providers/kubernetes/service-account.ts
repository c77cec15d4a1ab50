import { z } from 'zod';
import { address } from '../../engine/address.ts';
import { defineKind } from '../../engine/define-kind.ts';
import type { KubeObject } from '../../engine/ports.ts';
import type { Live } from '../../engine/resource.ts';
import { isFields } from '../../engine/value.ts';
import { applyDesired } from './objects/apply.ts';
import { liveObject } from './objects/live.ts';
import { checkMetadata, liveMetadata, metadataFields, metadataTraits } from './objects/metadata.ts';
import type { KubeClient } from './objects/object-api.ts';
import { releaseObject } from './objects/release.ts';

const ref = ([namespace = '', name = '']: readonly string[]) => ({
  group: '',
  kind: 'ServiceAccount',
  namespace,
  name,
});

const liveAccount = (found: KubeObject | undefined): Live =>
  found === undefined ? { exists: 'no' } : liveObject(found, liveMetadata(found));

/** kubernetes.service-account/NAMESPACE/NAME. One that is there already, from a chart, is only contributed to. */
export const serviceAccount = defineKind({
  kind: 'kubernetes.service-account',
  parts: [['namespace', 'name']],
  schema: z.strictObject(metadataFields),
  fields: metadataTraits,
  ownership: 'fields',
  mark: 'own',
  writes: 'apply',
  precondition: 'server',
  parent: ([namespace = '']) => address('kubernetes.namespace', namespace),
  check: checkMetadata,
  link: ([namespace = '', name = ''], { annotations = {} }) => ({
    is: 'account',
    namespace,
    name,
    annotations: isFields(annotations) ? annotations : {},
    issuer: { address: 'kubernetes.issuer/cluster', output: 'issuer' },
  }),
  read: async ({ objects }: KubeClient, id) => liveAccount(await objects.get(ref(id))),
  readMany: async ({ objects }, asked) =>
    (await objects.lookUp(asked.map(({ id }) => ref(id)))).map((told) => told && liveAccount(told.object)),
  write: (client, { id, spec, ...circumstances }) =>
    applyDesired(client, { ref: ref(id), apiVersion: 'v1', ...spec, content: {} }, circumstances, 'object'),
  remove: ({ objects }, id) => objects.remove(ref(id)),
  release: (client, id) => releaseObject(client, ref(id)),
});
