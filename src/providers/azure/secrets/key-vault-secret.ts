import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { secretValue } from '../../../engine/fields.ts';
import type { Live, Right } from '../../../engine/resource.ts';
import { propertyOf } from '../../../secrets/properties.ts';
import { isSecret } from '../../../secrets/secret.ts';
import type { AzureClient } from '../client.ts';
import { entryGate } from '../entry.ts';
import { secretId } from '../names.ts';
import { valueFault } from './content.ts';
import { ownerOf, readState, type SecretState, seenValue } from './state.ts';
import { isOwnTag, mostTags, ownTags, visibleTags } from './tags.ts';
import { removeSecret, writeSecret } from './write.ts';

const tagText = () => z.string().max(256, 'is longer than 256 characters');

const schema = z.strictObject({
  value: secretValue().describe('At most 25 KB.'),
  contentType: z
    .union([z.string().max(255), z.null().transform(() => '')])
    .optional()
    .describe('A hint for readers: text/plain, application/json.'),
  enabled: z.boolean().optional().describe('Nobody can read a secret that is not enabled.'),
  tags: z
    .record(tagText().min(1), z.union([tagText(), z.null()]))
    .optional()
    .describe(`At most ${mostTags - ownTags}; other tags of the same secret stay.`),
});

const tagFault = (names: readonly string[]): string | undefined => {
  const own = names.find((name) => isOwnTag(name) || name.includes(','));
  if (own !== undefined)
    return `tags.${own} cannot be set: lab keeps managed-by and lab-… for itself, and takes no commas`;
  if (names.length > mostTags - ownTags) return `tags must be at most ${mostTags - ownTags}`;
  return names.join(',').length > 256 ? 'tags have names that are too long together' : undefined;
};

const day = (time: string): string => time.slice(0, 10);

const toLive = (state: SecretState, stated: Readonly<Record<string, unknown>> | undefined): Live => {
  switch (state.is) {
    case 'absent':
    case 'hidden':
      return { exists: 'no' };
    case 'deleted': {
      const { deletedOn, purgedOn } = state.deleted;
      return {
        exists: 'no',
        recoverable: `a secret of this name was deleted on ${day(deletedOn)} and is kept until ${day(purgedOn)}; it is recovered first`,
      };
    }
    case 'undecided':
      return {
        exists: 'unknown',
        because: 'it was written twice in one second and is being written again; which version counts will show',
      };
    case 'live': {
      const { current } = state;
      const tags = visibleTags(current.tags, Object.keys(stated ?? {}));
      const mark = ownerOf(state);
      return {
        exists: 'yes',
        spec: {
          value: seenValue(state),
          contentType: current.contentType,
          enabled: current.enabled,
          ...(stated === undefined && Object.keys(tags).length === 0 ? {} : { tags }),
        },
        outputs: {},
        version: current.id,
        ...(mark === undefined ? {} : { mark }),
      };
    }
  }
};

/**
 * A secret in an Azure Key Vault. Its value is not asked for, so that lab can plan as a mere Key Vault Reader: tags, sent
 * in one call with the value, say which value lab wrote in which version.
 */
export const keyVaultSecret = defineKind<typeof schema.shape, AzureClient>({
  kind: 'azure.key-vault-secret',
  parts: [['VAULT', 'NAME']],
  schema,
  fields: { value: { secret: true }, contentType: { unset: '' }, enabled: { unset: true } },
  ownership: 'whole',
  mark: 'own',
  writes: 'merge',
  precondition: 're-read',
  protect: 'its readers lose it at once; it can be recovered only until the vault purges it',
  identify: secretId,
  gates: ([vault = '']) => [entryGate(vault)],
  parent: ([vault = '']) => address('azure.key-vault', vault),
  rights: ([vault = '']) => {
    const data = (action: string): Right => ({
      action: `Microsoft.KeyVault/vaults/secrets/${action}`,
      on: `/vaults/${vault}`,
      data: true,
    });
    const writing = ['setSecret/action', 'delete', 'recover/action'];
    const value = ['readMetadata/action', 'getSecret/action'].map(data);
    return { plan: [data('readMetadata/action')], apply: writing.map(data), settings: [data('update/action')], value };
  },
  check: ({ value, tags }) => (isSecret(value) ? valueFault(value) : undefined) ?? tagFault(Object.keys(tags ?? {})),
  read: async (client, [vault = '', name = ''], spec) => toLive(await readState(client.vault(vault), name), spec.tags),
  value: async (client, [vault = '', name = ''], property) => {
    const state = await readState(client.vault(vault), name);
    if (state.is !== 'live') return undefined;
    const value = await client.vault(vault).value(name, state.current.id);
    return property === undefined ? value : propertyOf(value, property, `${vault}/${name}`);
  },
  write: (client, request) => writeSecret(client.vault(request.id[0] ?? ''), request, client.stopping),
  remove: (client, [vault = '', name = '']) => removeSecret(client.vault(vault), name, client.stopping),
});
