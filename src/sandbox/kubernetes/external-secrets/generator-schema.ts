import { anything, boolean, byDefault, integer, object, type Schema, text } from '../schema/schema.ts';
import { choice } from './names.ts';
import { vault } from './store-schema.ts';

/** VaultDynamicSecret of generators.external-secrets.io/v1alpha1, with the defaults of version 0.20.4. */
export const vaultDynamicSecretSchema: Schema = object({
  spec: object(
    {
      controller: text,
      method: text,
      parameters: anything,
      resultType: choice(['Data', 'Auth', 'Raw'], 'Data'),
      retrySettings: object({ maxRetries: integer, retryInterval: text }),
      provider: vault,
      path: text,
      allowEmptyResponse: byDefault(boolean, false),
    },
    ['path', 'provider'],
  ),
});
