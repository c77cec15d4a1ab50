import { describe, expect, test } from 'vitest';
import { expanded } from './support/load.ts';

const warnings = async (policies: string, more = '', login = '{ auth: token, token: { env: T } }') => {
  const loaded = await expanded(`apiVersion: lab/v1
name: demo
cluster: { context: c }
vault:
  address: https://v
  login: ${login}
  policies: { ${policies} }
${more}`);
  return loaded.diagnostics.flatMap(({ code, message }) => (code === 'ROOT_LIKE' ? [message] : []));
};

const paths = (path: string, ...capabilities: string[]) =>
  warnings(`p: { paths: { "${path}": [${capabilities.join(', ')}] } }`);

describe('a policy with which anybody can take any right', () => {
  test.each([
    ['*', 'update', 'write policies'],
    ['sys/*', 'create', 'write policies'],
    ['sys/policies/acl/+', 'update', 'write policies'],
    ['sys/policies/acl/team-*', 'update', 'write policies'],
    ['sys/policy/ci', 'update', 'write policies'],
    ['auth/kubernetes/role/*', 'create', 'write roles of auth methods'],
    ['auth/+/role/ci', 'update', 'write roles of auth methods'],
    ['auth/token/roles/ci', 'update', 'write roles of auth methods'],
    ['identity/group/name/*', 'update', 'write groups and entities'],
    ['auth/token/create', 'sudo', 'make tokens with any policy'],
    ['/sys/policies/acl/*', 'update', 'write policies'],
    ['auth/approle/role/+/policies', 'update', 'write roles of auth methods'],
    ['auth/userpass/users/me/policies', 'update', 'write roles of auth methods'],
    ['auth/+/config', 'update', 'say whom an auth method believes', 'any right that its roles have'],
    ['auth/aws/config/client', 'create', 'say whom an auth method believes', 'any right that its roles have'],
    ['identity/entity-alias', 'update', 'say which login is which entity or group', 'any right that these have'],
    ['identity/entity-alias/id/+', 'update', 'say which login is which entity or group', 'any right that these have'],
    ['identity/group-alias/*', 'create', 'say which login is which entity or group', 'any right that these have'],
    ['identity/entity/merge', 'update', 'say which login is which entity or group', 'any right that these have'],
  ])('%s with %s is named', async (path, capability, what, takes = 'any right') => {
    expect(await paths(path, capability)).toEqual([
      `vault.policies.p: lets its holder ${what} (${path.replace(/^\//, '')}) in Vault, and so take ${takes}: hold it as you would the root token. Nobody in this manifest has it`,
    ]);
  });

  test.each([
    ['sys/policies/acl/*', ['read', 'list']],
    ['sys/policies/password/*', ['update']],
    ['sys/policies/acl', ['update']],
    ['auth/approle/role/ci/secret-id', ['update']],
    ['auth/token/create', ['update']],
    ['identity/lookup/group', ['update']],
    ['auth/kubernetes/config', ['read']],
    ['auth/aws/config/tidy/roletag-denylist', ['update']],
    ['auth/team/kubernetes/config', ['update']],
    ['identity/entity-alias/id', ['list']],
    ['secret/config', ['update']],
    ['secret/data/*', ['create', 'update']],
    ['*', ['update', 'deny']],
  ])('%s with %j is not', async (path, capabilities) => {
    expect(await paths(path, ...capabilities)).toEqual([]);
  });

  test('is found in HCL, past other blocks and comments', async () => {
    const hcl = [
      '# path "sys/policies/acl/*" { capabilities = ["update"] }',
      'path "a" { allowed_parameters = { "b" = [] }',
      ' capabilities = ["update"] }',
      'path "sys/policies/acl/x" {',
      ' capabilities = ["read"] }',
    ].join('\n');
    const of = (text: string) => warnings(`p: { hcl: ${JSON.stringify(text)} }`);
    expect(await of(hcl)).toEqual([]);
    expect(await of(hcl.replace('read', 'create'))).toEqual([expect.stringContaining('policies (sys/policies/acl/x)')]);
  });

  test('says which roles and groups have it', async () => {
    const more = `  auth:
    kubernetes: { type: kubernetes, host: https://k, roles: { ops: { serviceAccounts: [a/b], policies: [p] }, app: { serviceAccounts: [a/c], policies: [q] } } }
  groups: { platform: { policies: [p] } }
`;
    const found = await warnings(
      'p: { paths: { "sys/policies/acl/*": [update] } }, q: { paths: { "a": [read] } }',
      more,
    );
    expect(found).toEqual([expect.stringMatching(/It is given to role kubernetes\/ops, group platform$/)]);
  });
});

describe('a policy is found, and who has it,', () => {
  const raw = (resources: string) =>
    warnings(
      'p: { paths: { "sys/policies/acl/*": [update] } }',
      `resources:
  vault.mount/secret: { type: kv }
${resources}`,
    );

  test('among resources of any kind', async () => {
    const found = await raw(`  vault.policy/Raw: { paths: { "identity/group": [create] } }
  vault.policy/text: { hcl: 'path "sys/policy/x" { capabilities = ["update"] }' }
  vault.policy/harmless: { paths: { "secret/data/a": [read] } }
  vault.jwt-auth-role/ci/deploy: { policies: [raw, P], userClaim: sub, audiences: [vault] }
  vault.identity-group/people: { type: internal, policies: [text, harmless] }
`);
    expect(found).toMatchInlineSnapshot(`
      [
        "vault.policies.p: lets its holder write policies (sys/policies/acl/*) in Vault, and so take any right: hold it as you would the root token. It is given to role ci/deploy",
        "resources["vault.policy/Raw"]: lets its holder write groups and entities (identity/group) in Vault, and so take any right: hold it as you would the root token. It is given to role ci/deploy",
        "resources["vault.policy/text"]: lets its holder write policies (sys/policy/x) in Vault, and so take any right: hold it as you would the root token. It is given to group people",
      ]
    `);
  });

  test('by a role whose SecretIDs it can issue', async () => {
    const found = await raw(`  vault.approle-role/machines/Boss: { policies: [p] }
  vault.approle-role/machines/app: { policies: [app] }
  vault.policy/broker: { paths: { "auth/machines/role/+/secret-id": [update] } }
  vault.policy/above: { paths: { "auth/machines/role/broker/custom-secret-id": [create] } }
  vault.approle-role/machines/broker: { policies: [broker] }
  vault.policy/fine: { paths: { "auth/machines/role/app/secret-id": [update], "auth/machines/role/boss/role-id": [update] } }
`);
    expect(found).toMatchInlineSnapshot(`
      [
        "vault.policies.p: lets its holder write policies (sys/policies/acl/*) in Vault, and so take any right: hold it as you would the root token. It is given to role machines/Boss",
        "resources["vault.policy/broker"]: lets its holder issue SecretIDs of role machines/Boss (auth/machines/role/+/secret-id) in Vault, and so take any right: hold it as you would the root token. It is given to role machines/broker",
        "resources["vault.policy/above"]: lets its holder issue SecretIDs of role machines/broker (auth/machines/role/broker/custom-secret-id) in Vault, and so take any right: hold it as you would the root token. Nobody in this manifest has it",
      ]
    `);
  });

  test('below a method whose path has several segments', async () => {
    const policy = '  vault.policy/far: { paths: { "auth/team/kubernetes/config": [update] } }\n';
    expect(await warnings('q: { paths: { "a": [read] } }', `resources:\n${policy}`)).toEqual([]);
    const method = '  vault.auth-method/team%2Fkubernetes: { type: kubernetes }\n';
    expect(await warnings('q: { paths: { "a": [read] } }', `resources:\n${method}${policy}`)).toEqual([
      expect.stringContaining('say whom an auth method believes (auth/team/kubernetes/config)'),
    ]);
  });
});

describe('the computed policy of apply', () => {
  const auth = (others: string) => `  auth:
    kubernetes: { type: kubernetes, host: https://k, roles: { lab-apply: { serviceAccounts: [lab/lab], policies: [lab-apply] }${others} } }
`;
  const login = '{ auth: kubernetes, role: lab-apply }';

  test("is no surprise in lab's own login", async () => {
    expect(await warnings('lab-apply: { computed: apply }', auth(''), login)).toEqual([]);
  });

  test('is one where somebody else has it', async () => {
    const others = ', ci: { serviceAccounts: [a/b], policies: [lab-apply] }';
    expect(await warnings('lab-apply: { computed: apply }', auth(others), login)).toEqual([
      expect.stringMatching(/It is given to role kubernetes\/ci$/),
    ]);
  });

  test('is one where somebody can have SecretIDs of its role', async () => {
    const machines = `  auth:
    approle: { type: approle, roles: { lab-apply: { policies: [lab-apply] }, ci: { policies: [ci] } } }
`;
    const policies =
      'lab-apply: { computed: apply }, ci: { paths: { "auth/approle/role/*": [read], "auth/approle/role/lab-apply/secret-id": [update] } }';
    expect(await warnings(policies, machines, '{ auth: app-role, roleId: { env: R }, secretId: { env: S } }')).toEqual([
      expect.stringMatching(/issue SecretIDs of role approle\/lab-apply .* given to role approle\/ci$/),
    ]);
  });
});
