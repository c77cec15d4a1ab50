import { z } from 'zod';
import { address } from '../../engine/address.ts';
import { defineKind } from '../../engine/define-kind.ts';
import { duration, sortedSet } from '../../engine/fields.ts';
import type { Probe } from '../../engine/resource.ts';
import { LabError } from '../../errors.ts';
import { clearable } from './clearable.ts';
import type { VaultClient } from './client.ts';
import { keptForLogin } from './kept-for-login.ts';
import { proveLogin } from './login-proof.ts';
import { trimSlashes } from './path.ts';
import { roleName } from './role-name.ts';

const lowerCased = (items: readonly string[]): string[] =>
  [...new Set(items.map((item) => item.toLowerCase()))].toSorted();

const schema = z.strictObject({
  serviceAccountNames: sortedSet().describe('Names of the service accounts that may log in; `*` alone means all.'),
  serviceAccountNamespaces: sortedSet().describe('Namespaces of those service accounts; `*` alone means all.'),
  audience: clearable(z.string(), '').describe('The audience that their tokens must have.'),
  policies: z.array(z.string()).transform(lowerCased).describe('Policies of the Vault tokens that they get.'),
  ttl: clearable(duration(), 0).describe('How long such a token lives; 0 = as the method has it.'),
  maxTtl: clearable(duration(), 0).describe('How long it can be renewed at most; 0 = as the method has it.'),
  period: clearable(duration(), 0).describe('Makes it renewable for ever, each time for this long; 0 = off.'),
  noDefaultPolicy: clearable(z.boolean(), false).describe('Leaves out the policy `default`.'),
});

const answer = z.object({
  bound_service_account_names: z.array(z.string()),
  bound_service_account_namespaces: z.array(z.string()).nullish(),
  audience: z.string().optional(),
  token_policies: z.array(z.string()).nullish(),
  token_ttl: z.number(),
  token_max_ttl: z.number(),
  token_period: z.number(),
  token_no_default_policy: z.boolean(),
});

const starAlone = (what: string, names: readonly string[]): string | undefined =>
  names.includes('*') && names.length > 1 ? `${what}: \`*\` means all and must stand alone` : undefined;

/** Which service accounts may log in through an auth method of type kubernetes, and what their tokens may do. */
export const kubernetesAuthRole = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.kubernetes-auth-role',
  parts: [['MOUNT', 'NAME']],
  schema,
  fields: {
    serviceAccountNames: { grant: true, exact: true },
    serviceAccountNamespaces: { grant: true, exact: true },
    audience: { unset: '' },
    policies: { grant: true, exact: true },
    ttl: { unset: 0 },
    maxTtl: { unset: 0 },
    period: { unset: 0 },
    noDefaultPolicy: { unset: false },
  },
  ownership: 'whole',
  mark: 'parent',
  writes: 'merge',
  precondition: 're-read',
  // Vault lower-cases the name.
  identify: ([mount = '', name = '']) => [trimSlashes(mount), roleName(name).toLowerCase()],
  parent: ([mount = '']) => address('vault.auth-method', mount),
  after: ([mount = ''], { policies = [] }) => [
    address('vault.kubernetes-auth-config', mount),
    ...policies.map((name) => address('vault.policy', name)),
  ],
  gates: () => ['vault.active'],
  check: ({ serviceAccountNames, serviceAccountNamespaces }) =>
    starAlone('serviceAccountNames', serviceAccountNames) ??
    starAlone('serviceAccountNamespaces', serviceAccountNamespaces),
  read: async (client, [mount = '', name = '']) => {
    const live = await client.read(['auth', mount, 'role', name], answer);
    if (live === undefined) return { exists: 'no' };
    return {
      exists: 'yes',
      spec: {
        serviceAccountNames: live.bound_service_account_names.toSorted(),
        serviceAccountNamespaces: (live.bound_service_account_namespaces ?? []).toSorted(),
        audience: live.audience ?? '',
        policies: lowerCased(live.token_policies ?? []),
        ttl: live.token_ttl,
        maxTtl: live.token_max_ttl,
        period: live.token_period,
        noDefaultPolicy: live.token_no_default_policy,
      },
      outputs: {},
    };
  },
  write: (client, { id: [mount = '', name = ''], spec }) =>
    client.write('POST', ['auth', mount, 'role', name], {
      bound_service_account_names: spec.serviceAccountNames,
      bound_service_account_namespaces: spec.serviceAccountNamespaces,
      audience: spec.audience,
      token_policies: spec.policies,
      token_ttl: spec.ttl,
      token_max_ttl: spec.maxTtl,
      token_period: spec.period,
      token_no_default_policy: spec.noDefaultPolicy,
    }),
  keep: async (client, id) => keptForLogin(client, 'vault.kubernetes-auth-role', id),
  verify: (client, [mount = '', name = ''], spec) => proveAccounts(client, mount, name, spec),
  remove: (client, [mount = '', name = '']) => client.remove(['auth', mount, 'role', name]),
});

type RoleSpec = z.output<typeof schema>;

/** Each service account that is let in by name logs in with a token of its own. */
const proveAccounts = async (
  client: VaultClient,
  path: string,
  role: string,
  { serviceAccountNames, serviceAccountNamespaces, audience, policies }: RoleSpec,
): Promise<readonly Probe[]> => {
  const accounts = serviceAccountNamespaces.flatMap((namespace) =>
    serviceAccountNames.map((name) => ({ namespace, name })),
  );
  const named = accounts.filter(({ namespace, name }) => !`${namespace}/${name}`.includes('*'));
  return Promise.all(
    named.map(async (account): Promise<Probe> => {
      const who = `${account.namespace}/${account.name}`;
      try {
        const jwt = await client.accountToken(account, audience ? [audience] : []);
        const attempt = { path, proof: { role, jwt }, whom: `${who} in by role ${role} of auth/${path}` };
        return await proveLogin(client, who, attempt, policies);
      } catch (error) {
        if (!(error instanceof LabError)) throw error;
        return { is: 'untried', check: `login: ${who}`, because: error.message };
      }
    }),
  );
};
