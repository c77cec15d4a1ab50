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
  ])('%s with %s is named', async (path, capability, what) => {
    expect(await paths(path, capability)).toEqual([
      `vault.policies.p: lets its holder ${what} (${path.replace(/^\//, '')}) in Vault, and so take any right: hold it as you would the root token. Nobody in this manifest has it`,
    ]);
  });

  test.each([
    ['sys/policies/acl/*', ['read', 'list']],
    ['sys/policies/password/*', ['update']],
    ['sys/policies/acl', ['update']],
    ['auth/approle/role/ci/secret-id', ['update']],
    ['auth/token/create', ['update']],
    ['identity/lookup/group', ['update']],
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
});
