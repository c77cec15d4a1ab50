import { z } from 'zod';
import { defineKind } from '../../engine/define-kind.ts';
import { applyDesired } from './apply.ts';
import { liveObject } from './live.ts';
import { checkMetadata, liveMetadata, metadataFields, metadataTraits } from './metadata.ts';
import { foreignInNamespace } from './namespace-content.ts';
import type { KubeClient } from './object-api.ts';
import { releaseObject } from './release.ts';

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
