import { z } from 'zod';
import { defineKind } from '../../engine/define-kind.ts';
import type { EsoClient } from './client.ts';
import { storeKind } from './store.ts';
import { conditionsShape, storeShape } from './store-spec.ts';

const schema = z.strictObject({ ...storeShape, ...conditionsShape });

/** A store that ExternalSecrets of many namespaces read from. */
export const clusterSecretStore = defineKind<typeof schema.shape, EsoClient>({
  ...storeKind('ClusterSecretStore'),
  kind: 'external-secrets.cluster-secret-store',
  parts: [['NAME']],
  schema,
});
