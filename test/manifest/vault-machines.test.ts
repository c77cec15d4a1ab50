import { expect, test } from 'vitest';
import { buildNodes } from '../../src/engine/node.ts';
import { complaintsAbout, expanded, kinds, resourceAt } from './support/load.ts';

const manifest = (...lines: readonly string[]) => `apiVersion: lab/v1
name: demo
vault:
  address: https://v
  login: { auth: token, token: { env: T } }
  auth:
${lines.map((line) => `    ${line}\n`).join('')}`;

test('AppRole is a method and its roles', async () => {
  const { resources } = await expanded(
    manifest(
      'approle:',
      '  type: approle',
      '  roles: { ci: { policies: [ci], ttl: 15m, secretId: { ttl: 24h, uses: 5, networks: [10.0.0.0/8] } } }',
    ),
  );
  expect(resources.map(({ address, spec }) => [address, spec])).toEqual([
    ['vault.auth-method/approle', { type: 'approle' }],
    [
      'vault.approle-role/approle/ci',
      { policies: ['ci'], ttl: 900, secretIdTtl: 86_400, secretIdUses: 5, secretIdNetworks: ['10.0.0.0/8'] },
    ],
  ]);
});

test('JWT is a method, whom it believes, and its roles', async () => {
  const loaded = await expanded(
    manifest(
      'github:',
      '  type: jwt',
      '  discoveryUrl: https://token.actions.githubusercontent.com',
      '  issuer: https://token.actions.githubusercontent.com',
      '  roles:',
      '    deploy:',
      '      policies: [deploy]',
      '      audiences: [https://vault.example]',
      '      claims: { repository: acme/infra, ref: [refs/heads/main, "refs/tags/*"] }',
      '      claimsType: glob',
    ),
  );
  expect(resourceAt(loaded, 'vault.jwt-auth-config/github').spec).toEqual({
    discoveryUrl: 'https://token.actions.githubusercontent.com',
    issuer: 'https://token.actions.githubusercontent.com',
  });
  expect(resourceAt(loaded, 'vault.jwt-auth-role/github/deploy').spec).toEqual({
    policies: ['deploy'],
    userClaim: 'sub',
    audiences: ['https://vault.example'],
    claims: { ref: ['refs/heads/main', 'refs/tags/*'], repository: ['acme/infra'] },
    claimsType: 'glob',
  });
});

test('JWT believes one source of keys, and a role binds something of the token', async () => {
  expect(await complaintsAbout(manifest('ci: { type: jwt }'))).toMatchInlineSnapshot(`
    [
      "lab.yaml:7:5 vault.auth.ci: must have exactly one of discoveryUrl, jwksUrl and publicKeys",
    ]
  `);
  expect(
    await complaintsAbout(
      manifest('ci: { type: jwt, jwksUrl: "https://ci/keys", publicKeys: [x], roles: { r: { policies: [] } } }'),
    ),
  ).toMatchInlineSnapshot(`
    [
      "lab.yaml:7:5 vault.auth.ci: must have exactly one of discoveryUrl, jwksUrl and publicKeys",
    ]
  `);
  expect(
    await complaintsAbout(manifest('ci: { type: jwt, jwksUrl: "https://ci/keys", roles: { r: { policies: [] } } }')),
  ).toMatchInlineSnapshot(`
    [
      "lab.yaml:7:59 vault.auth.ci.roles.r: must have audiences, subject or claims: without them every token of the issuer gets in",
    ]
  `);
});

const withStores = (secretId: string, more = '') => `apiVersion: lab/v1
name: demo
cluster: { context: c }
expect: { azure: { tenant: 7c1e0000-0000-0000-0000-000000000001, subscription: 7c1e0000-0000-0000-0000-000000000002 } }
stores:
  ci: { type: kubernetes, namespace: ci, manage: existing, expose: none }
  keys: { type: azure-key-vault, manage: create, name: demo-keys, resourceGroup: demo, location: westeurope, expose: none }
  aws: { type: aws-secrets-manager, region: eu-west-1, expose: none }
  vault: { type: vault, mount: secret, expose: none }
${more}vault:
  address: https://v
  login: { auth: token, token: { env: T } }
  auth:
    approle: { type: approle, roles: { CI: { policies: [ci], secretId: ${secretId} } } }
`;

test.each([
  ['ci/approle', 'vault.approle-secret-id/approle/CI/kubernetes/ci/approle', 'kubernetes.namespace/ci'],
  ['keys/CI-approle', 'vault.approle-secret-id/approle/CI/azure/demo-keys/ci-approle', 'azure.key-vault/demo-keys'],
  ['aws/ci/approle', 'vault.approle-secret-id/approle/CI/aws/eu-west-1/ci%2Fapprole', undefined],
])('a SecretID that is delivered to %s is a resource of its own', async (store, address, container) => {
  const loaded = await expanded(withStores(`{ ttl: 24h, renewBefore: 6h, deliver: { store: ${store} } }`));
  expect(resourceAt(loaded, address).spec).toEqual({
    ttl: 86_400,
    renewBefore: 21_600,
    delivery: 'complete',
    renewal: 'not due',
  });
  const nodes = buildNodes(loaded.resources, kinds);
  expect(nodes.get(address)?.needs).toEqual(
    expect.arrayContaining(['vault.approle-role/approle/CI', ...(container === undefined ? [] : [container])]),
  );
});

test('lab lets itself into a vault that it makes for nothing but a SecretID, and waits until that lets it in', async () => {
  const loaded = await expanded(withStores('{ ttl: 24h, deliver: { store: keys/approle } }'));
  const self = 'azure.role-assignment/demo/demo-keys/self/Key%20Vault%20Secrets%20Officer';
  const node = buildNodes(loaded.resources, kinds).get('vault.approle-secret-id/approle/CI/azure/demo-keys/approle');
  expect(node?.needs).toContain(self);
  expect(node?.gates).toEqual(['vault.active', 'azure.entry/demo-keys']);
  expect(node?.resource.spec).toMatchObject({ renewBefore: 21_600 });
});

test('a SecretID that is delivered wrapped is a resource named by its file, and asks no other system', async () => {
  const loaded = await expanded(withStores('{ ttl: 24h, deliver: { wrapped: machines/ci } }'));
  const found = resourceAt(loaded, 'vault.approle-secret-id/approle/CI/file/machines%2Fci');
  expect(found.spec).toMatchObject({ ttl: 86_400, renewBefore: 21_600 });
  expect(loaded.connections).not.toHaveProperty('aws');
});

test('two SecretIDs for one file are refused', async () => {
  const text = withStores('{ ttl: 1h, deliver: { wrapped: token } }').replace(
    'roles: { CI:',
    'roles: { cd: { policies: [ci], secretId: { ttl: 1h, deliver: { wrapped: token } } }, CI:',
  );
  const [first] = await complaintsAbout(text);
  expect(first).toContain('deliver.wrapped: the file token gets another value at vault.auth.approle.roles.cd.secretId');
});

test('an ExternalSecret that reads a delivered SecretID comes after it', async () => {
  const read = `secrets:
  jobs/approle: { readFrom: [aws], keys: { secretId: { at: ci/approle } } }
`;
  const loaded = await expanded(
    withStores('{ ttl: 24h, deliver: { store: aws/ci/approle } }', read).replace(
      'eu-west-1, expose: none',
      'eu-west-1',
    ),
  );
  const nodes = buildNodes(loaded.resources, kinds);
  expect(nodes.get('external-secrets.external-secret/jobs/approle')?.needs).toContain(
    'vault.approle-secret-id/approle/CI/aws/eu-west-1/ci%2Fapprole',
  );
});

test.each([
  ['{ deliver: { store: ci } }', 'deliver.store: is not STORE/KEY'],
  ['{ deliver: { store: kai/approle } }', 'there is no store kai'],
  ['{ deliver: { store: vault/ci } }', 'lies in the Vault that it is to open'],
  ['{ deliver: { store: "ci/approle#id" } }', 'a SecretID takes a secret of its own; write it without "#"'],
  ['{ deliver: { store: ci/App_Role } }', '"App_Role" cannot name a Secret'],
  ['{ ttl: 1h, renewBefore: 10m }', 'renewBefore: needs deliver'],
  ['{ renewBefore: 10m, deliver: { store: ci/a } }', 'renewBefore: needs a ttl'],
  ['{ ttl: 1h, renewBefore: 1h, deliver: { store: ci/a } }', 'renewBefore: must be shorter than ttl'],
  ['{ deliver: { wrapped: token } }', 'deliver.wrapped: needs a ttl'],
  ['{ ttl: 1h, deliver: { wrapped: ../token } }', 'deliver.wrapped: must lie in the folder of the manifest'],
  ['{ ttl: 1h, deliver: { wrapped: token, store: ci/a } }', 'deliver: must name one place'],
  ['{ ttl: 1h, deliver: {} }', 'deliver: must name one place'],
])('of a SecretID, %s is refused', async (secretId, said) => {
  expect(await complaintsAbout(withStores(secretId))).toEqual([expect.stringContaining(said)]);
});

test('a secret that another value is written to is no place for a SecretID', async () => {
  const written = `secrets:
  jobs/approle: { readFrom: [aws], keys: { id: { at: ci/approle, value: { env: ID } } } }
`;
  const text = withStores('{ deliver: { store: aws/ci/approle } }', written).replace(
    'eu-west-1, expose: none',
    'eu-west-1',
  );
  expect(await complaintsAbout(text)).toEqual([
    expect.stringContaining(
      'aws.secrets-manager-secret/eu-west-1/ci%2Fapprole gets another value at secrets["jobs/approle"].keys.id',
    ),
  ]);
});

const people = (...lines: readonly string[]) =>
  manifest(
    'people:',
    '  type: oidc',
    '  discoveryUrl: https://login.example/tenant/v2.0',
    '  clientId: vault',
    '  clientSecret: { env: OIDC_CLIENT_SECRET }',
    ...lines,
  );

test('OIDC is a method, the provider with its client, and the roles of people', async () => {
  const loaded = await expanded(
    people(
      '  defaultRole: dev',
      '  roles:',
      '    dev: { policies: [dev], userClaim: email, groupsClaim: groups, redirectUris: ["https://v/ui/callback"] }',
    ),
  );
  expect(resourceAt(loaded, 'vault.auth-method/people').spec).toEqual({ type: 'oidc' });
  expect(resourceAt(loaded, 'vault.jwt-auth-config/people').spec).toMatchObject({
    discoveryUrl: 'https://login.example/tenant/v2.0',
    clientId: 'vault',
    clientSecret: {
      source: { from: 'env', name: 'OIDC_CLIENT_SECRET' },
      at: expect.stringMatching(/lab\.yaml:11:28$/),
    },
    defaultRole: 'dev',
  });
  expect(resourceAt(loaded, 'vault.jwt-auth-role/people/dev').spec).toEqual({
    type: 'oidc',
    policies: ['dev'],
    userClaim: 'email',
    groupsClaim: 'groups',
    redirectUris: ['https://v/ui/callback'],
  });
});

test.each([
  ['  roles: { dev: { policies: [dev] } }', 'roles.dev.redirectUris: is missing'],
  ['  roles: { dev: { policies: [dev], redirectUris: [callback] } }', 'redirectUris'],
  ['  defaultRole: dev', 'defaultRole: roles has no entry dev'],
])('of OIDC, %s is refused', async (line, said) => {
  expect(await complaintsAbout(people(line))).toEqual([expect.stringContaining(said)]);
});
