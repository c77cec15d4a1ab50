import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import type { VaultClient } from '../client.ts';
import { names } from '../listed.ts';
import { may, mayHelp } from '../rights.ts';
import { isBase64 } from './base64.ts';

const schema = z.strictObject({
  hcl: z.string().min(1).describe('length and rules, as Vault documents password policies. Compared letter by letter.'),
});

const answer = z.object({ policy: z.string() });

/** How passwords look that engines make. */
export const passwordPolicy = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.password-policy',
  parts: [['NAME']],
  schema,
  fields: {},
  ownership: 'whole',
  mark: 'none',
  writes: 'replace',
  precondition: 're-read',
  gates: () => ['vault.active'],
  rights: ([name = '']) => {
    const path = `sys/policies/password/${name}`;
    const plan = [...may(path, 'read'), ...mayHelp('sys/policies/password', 'list')];
    return { plan, apply: may(path, 'update', 'delete') };
  },
  inventory: async (client) => {
    const { keys = [] } = (await client.list(['sys', 'policies', 'password'], names)) ?? {};
    return keys.map((name) => ({ id: [name] }));
  },
  check: ({ hcl }) => (isBase64(hcl) ? 'hcl happens to be valid base64, which Vault would decode' : undefined),
  read: async (client, [name = '']) => {
    const live = await client.read(['sys', 'policies', 'password', name], answer);
    return live === undefined ? { exists: 'no' } : { exists: 'yes', spec: { hcl: live.policy }, outputs: {} };
  },
  write: (client, { id: [name = ''], spec }) =>
    client.write('POST', ['sys', 'policies', 'password', name], { policy: spec.hcl }),
  remove: (client, [name = '']) => client.remove(['sys', 'policies', 'password', name]),
});
