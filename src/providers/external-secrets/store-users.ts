import { z } from 'zod';
import type { KubeObject } from '../../engine/ports.ts';
import type { EsoClient } from './client.ts';
import { type Definition, group } from './definitions.ts';

const storeRef = z.object({ name: z.string().optional(), kind: z.string().optional() });
const source = z.object({ sourceRef: z.object({ storeRef: storeRef.optional() }).optional() });
const schema = z.object({
  secretStoreRef: storeRef.optional(),
  data: z.array(source).optional(),
  dataFrom: z.array(source).optional(),
});

/** Why a store may not be deleted now: the ExternalSecrets that read from it, or undefined. */
export const storeUsers = async (
  client: EsoClient,
  kind: Exclude<Definition, 'ExternalSecret'>,
  name: string,
  namespace: string | undefined,
): Promise<string | undefined> => {
  if ((await client.objects.versions(group, 'ExternalSecret')).length === 0) return undefined;
  const everywhere = { group, kind: 'ExternalSecret' };
  const candidates = await client.objects.list(namespace === undefined ? everywhere : { ...everywhere, namespace });
  const users = candidates.filter(
    (object) => object.metadata.deletionTimestamp === undefined && readsFrom(object, kind, name),
  );
  if (users.length === 0) return undefined;
  const names = users.slice(0, 3).map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
  const more = users.length - names.length;
  return `ExternalSecrets still read from it: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

const readsFrom = (object: KubeObject, kind: string, name: string): boolean => {
  const { secretStoreRef, data = [], dataFrom = [] } = schema.parse(object['spec'] ?? {});
  const references = [secretStoreRef, ...[...data, ...dataFrom].map(({ sourceRef }) => sourceRef?.storeRef)];
  return references.some((reference) => reference?.name === name && (reference.kind || 'SecretStore') === kind);
};
