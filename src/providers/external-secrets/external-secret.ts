import { address } from '../../engine/address.ts';
import { defineKind } from '../../engine/define-kind.ts';
import type { WriteRequest } from '../../engine/resource.ts';
import type { EsoClient } from './client.ts';
import { readyCondition } from './conditions.ts';
import { crdGate } from './definitions.ts';
import { proveSync } from './external-secret-probe.ts';
import { isTerminal, settleExternalSecret } from './external-secret-settled.ts';
import {
  checkExternalSecret,
  type ExternalSecretSpec,
  externalSecretFields,
  externalSecretSchema,
} from './external-secret-spec.ts';
import { externalSecretSpecOf, wireSpec, wireSpecOf } from './external-secret-wire.ts';
import { remember } from './freshness.ts';
import { applyObject, getObject, readsOf, refOf } from './objects.ts';
import { refuseTakeover } from './takeover.ts';

const definition = 'ExternalSecret';

/** Values of a store that External Secrets keeps in a Kubernetes Secret. lab never sees them. */
export const externalSecret = defineKind<typeof externalSecretSchema.shape, EsoClient>({
  kind: 'external-secrets.external-secret',
  parts: [['NAMESPACE', 'NAME']],
  schema: externalSecretSchema,
  fields: externalSecretFields,
  ownership: 'whole',
  mark: 'own',
  writes: 'apply',
  precondition: 'server',
  protect: 'a Secret that it owns (creationPolicy Owner, the default) is removed by Kubernetes together with it',
  identify: ([namespace = '', name = ''], { name: given }) => [namespace, typeof given === 'string' ? given : name],
  parent: ([namespace = '']) => address('kubernetes.namespace', namespace),
  after: ([namespace = ''], { store, generator }) => [
    ...storeAddress(namespace, store),
    ...(generator === undefined ? [] : [generatorAddress(namespace, generator)]),
  ],
  gates: () => [crdGate(definition)],
  check: checkExternalSecret,
  ...readsOf(definition, externalSecretSpecOf),
  write: (client, request) => writeExternalSecret(client, request),
  settled: async (client, id) => {
    const object = await getObject(client, definition, id);
    return object === undefined
      ? { state: 'failed', because: 'somebody has deleted it' }
      : settleExternalSecret(client, object);
  },
  verify: (client, id) => proveSync(client, id),
  remove: (client, id) => client.objects.remove(refOf(definition, id)),
});

const generatorAddress = (namespace: string, { kind, name }: NonNullable<ExternalSecretSpec['generator']>): string =>
  address('kubernetes.object', 'generators.external-secrets.io', kind, namespace, name);

const storeAddress = (namespace: string, store: ExternalSecretSpec['store'] | undefined): readonly string[] => {
  switch (store?.kind) {
    case 'ClusterSecretStore':
      return [address('external-secrets.cluster-secret-store', store.name)];
    case 'SecretStore':
      return [address('external-secrets.secret-store', namespace, store.name)];
    case undefined:
      return [];
  }
};

const writeExternalSecret = async (
  client: EsoClient,
  { spec, ...request }: WriteRequest<ExternalSecretSpec>,
): Promise<void> => {
  const { id, live, removed } = request;
  if (live.exists === 'no') await refuseTakeover(client.objects, id, spec.target ?? {});
  const object = live.exists === 'yes' ? await getObject(client, definition, id) : undefined;
  if (object !== undefined && isTerminal(readyCondition(object))) await remember(client, object);
  const standing = { live: object && wireSpecOf(object), refreshRemoved: removed.includes('refresh') };
  await applyObject(client, definition, { ...request, metadata: {}, spec: wireSpec(spec, standing) });
};
