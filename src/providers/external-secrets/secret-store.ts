import { z } from 'zod';
import { address } from '../../engine/address.ts';
import { defineKind } from '../../engine/define-kind.ts';
import type { EsoClient } from './client.ts';
import { storeKind } from './store.ts';
import { storeShape } from './store-spec.ts';

const schema = z.strictObject(storeShape);

/** A store that only ExternalSecrets of its own namespace read from. */
export const secretStore = defineKind<typeof schema.shape, EsoClient>({
  ...storeKind('SecretStore'),
  kind: 'external-secrets.secret-store',
  parts: [['NAMESPACE', 'NAME']],
  schema,
  parent: ([namespace = '']) => address('kubernetes.namespace', namespace),
});
