import { expect, test } from 'vitest';
import { complaintsAbout, expanded, resourceAt } from './support/load.ts';

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
