import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import { duration, sortedSet } from '../../../engine/fields.ts';
import type { Probe } from '../../../engine/resource.ts';
import { secret } from '../../../secrets/secret.ts';
import { clearable } from '../clearable.ts';
import type { VaultClient } from '../client.ts';
import { proveLogin } from '../login/proof.ts';
import { inWords, recognising } from '../recognising.ts';
import { may } from '../rights.ts';
import { roleIdOf } from './role-id.ts';
import { endingTokens, rightsOfRole, roleKind, rolePath } from './role-kind.ts';
import { liveTokenSettings, tokenAnswer, tokenShape, tokenTraits, tokenWords } from './token-settings.ts';

const schema = z.strictObject({
  ...tokenShape,
  secretIdTtl: clearable(duration(), 0).describe('How long a SecretID lives; 0 = for ever.'),
  secretIdUses: clearable(z.int().min(0), 0).describe(
    'How many logins a SecretID is good for; 0 = as many as one likes.',
  ),
  secretIdNetworks: sortedSet().optional().describe('CIDRs that a SecretID may be used from.'),
});

const answer = z.object({
  ...tokenAnswer,
  secret_id_ttl: z.number(),
  secret_id_num_uses: z.number(),
  secret_id_bound_cidrs: z.array(z.string()).nullish(),
});

const words = {
  ...tokenWords,
  secretIdTtl: 'secret_id_ttl',
  secretIdUses: 'secret_id_num_uses',
  secretIdNetworks: 'secret_id_bound_cidrs',
};

/** Whoever has its RoleID and a SecretID of it may log in: machines outside of the cluster. */
export const approleRole = defineKind<typeof schema.shape, VaultClient>({
  ...roleKind('vault.approle-role'),
  schema,
  fields: {
    ...tokenTraits,
    secretIdTtl: { unset: 0 },
    secretIdUses: { unset: 0 },
    secretIdNetworks: { unset: [], exact: true },
  },
  outputs: { roleId: {} },
  protect: 'its RoleID and every SecretID die with it, and a new role gets another RoleID',
  rights: ([mount = '', name = ''], { noDefaultPolicy }) => {
    const path = `auth/${mount}/role/${name}`;
    const { plan, apply } = rightsOfRole([mount, name]);
    return {
      plan: [...plan, ...may(`${path}/role-id`, 'read')],
      apply,
      verify: [
        ...may(`${path}/secret-id`, 'update'),
        ...may(`${path}/secret-id-accessor/destroy`, 'update'),
        ...endingTokens(noDefaultPolicy),
      ],
    };
  },
  read: async (client, [mount = '', name = '']) => {
    const path = ['auth', mount, 'role', name];
    const live = await client.read(path, answer);
    if (live === undefined) return { exists: 'no' };
    const roleId = await roleIdOf(client, path);
    return {
      exists: 'yes',
      spec: {
        ...liveTokenSettings(live),
        secretIdTtl: live.secret_id_ttl,
        secretIdUses: live.secret_id_num_uses,
        secretIdNetworks: (live.secret_id_bound_cidrs ?? []).toSorted(),
      },
      outputs: roleId === undefined ? {} : { roleId },
    };
  },
  recognises: recognising(rolePath, words),
  write: (client, { id, spec }) => client.write('POST', rolePath(id), inWords(words, spec)),
  verify: (client, [mount = '', name = ''], { policies }) => proveSecretId(client, mount, name, policies),
});

const minted = z.object({ secret_id: z.string().transform(secret), secret_id_accessor: z.string() });

/** A new SecretID logs in, and is destroyed. */
const proveSecretId = async (
  client: VaultClient,
  path: string,
  role: string,
  policies: readonly string[],
): Promise<readonly Probe[]> => {
  const at = ['auth', path, 'role', role];
  const roleId = await roleIdOf(client, at);
  const made = await client.ask([...at, 'secret-id'], { metadata: '{"made-by":"lab verify"}' }, minted);
  try {
    const proof = { role_id: roleId ?? '', secret_id: made.secret_id };
    const attempt = { path, proof, whom: `a new SecretID of ${role} in by auth/${path}` };
    return await proveLogin(client, 'a new SecretID', attempt, policies);
  } finally {
    await client.write('POST', [...at, 'secret-id-accessor', 'destroy'], {
      secret_id_accessor: made.secret_id_accessor,
    });
  }
};
