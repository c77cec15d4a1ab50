import { z } from 'zod';
import { namespaceName } from './names.ts';

const clusterExpose = z.strictObject({
  kind: z.literal('ClusterSecretStore'),
  namespaces: z
    .union([z.enum(['auto', 'all']), z.array(namespaceName()).min(1)])
    .default('auto')
    .describe('Who may read: auto = the namespaces in `secrets` that read from it'),
});

const namespaceExpose = z.strictObject({
  kind: z.literal('SecretStore'),
  namespaces: z.array(namespaceName()).min(1),
});

/** How a store is shown, or `none`. */
export const expose = z
  .union([z.literal('none'), z.discriminatedUnion('kind', [clusterExpose, namespaceExpose])])
  .default({ kind: 'ClusterSecretStore', namespaces: 'auto' })
  .describe('How External Secrets gets to see the store');

/** How a store is shown, if it is. */
export type Expose = Exclude<z.output<typeof expose>, 'none'>;
