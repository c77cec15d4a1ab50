import { z } from 'zod';
import { defineKind } from '../../engine/define-kind.ts';
import { applyDesired } from './objects/apply.ts';
import { liveObject } from './objects/live.ts';
import { checkMetadata, liveMetadata, metadataFields, metadataTraits } from './objects/metadata.ts';
import { foreignInNamespace } from './objects/namespace-content.ts';
import type { KubeClient } from './objects/object-api.ts';
import { releaseObject } from './objects/release.ts';

const ref = ([name = '']: readonly string[]) => ({ group: '', kind: 'Namespace', name });

/** kubernetes.namespace/NAME. A namespace that is there already is only contributed to. */
export const namespace = defineKind({
  kind: 'kubernetes.namespace',
  parts: [['name']],
  schema: z.strictObject(metadataFields),
  fields: metadataTraits,
  ownership: 'fields',
  mark: 'own',
  writes: 'apply',
  precondition: 'server',
  check: checkMetadata,
  read: async ({ objects }: KubeClient, id) => {
    const found = await objects.get(ref(id));
    return found === undefined ? { exists: 'no' } : liveObject(found, liveMetadata(found));
  },
  write: (client, { id, spec, ...circumstances }) =>
    applyDesired(client, { ref: ref(id), apiVersion: 'v1', ...spec, content: {} }, circumstances, 'object'),
  remove: ({ objects }, id) => objects.remove(ref(id)),
  release: (client, id) => releaseObject(client, ref(id)),
  keep: (client, [name = '']) => foreignInNamespace(client, name),
});
