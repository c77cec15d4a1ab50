import { expect, test } from 'vitest';
import { complaintsAbout } from './support/load.ts';

const about = (resource: string) =>
  complaintsAbout(`apiVersion: lab/v1
name: demo
cluster: { context: c }
vault: { address: https://v, login: { auth: token, token: { env: T } } }
resources:
  ${resource}
`);

// What names another resource is looked at before anybody goes there by it.
test.each([
  ['vault.approle-role/a/x: { policies: [""] }', '40', 'policies[0]: is empty; write the name of a policy'],
  [
    'vault.identity-group/x: { type: internal, policies: [""] }',
    '56',
    'policies[0]: is empty; write the name of a policy',
  ],
  ['vault.identity-group-alias/x: { mount: "/", name: a }', '42', 'mount: is empty; write the path of an auth method'],
  [
    'vault.pki-issuer/p/x: { signedBy: r/a b, commonName: a, ttl: 1h }',
    '37',
    'signedBy: must be MOUNT/ISSUER, with the name of an issuer; `default` is none',
  ],
  [
    'vault.pki-issuer/p/x: { signedBy: r//a, commonName: a, ttl: 1h }',
    '37',
    'signedBy: must be MOUNT/ISSUER, with the name of an issuer; `default` is none',
  ],
  ['vault.pki-role/p/x: { issuer: a/b, domains: [a] }', '33', 'issuer: is no name of an issuer of the same mount'],
  [
    'vault.database-role/d/x: { connection: a b, create: [x] }',
    '42',
    'connection: is no name of a database connection',
  ],
  [
    'vault.database-static-role/d/x: { connection: /, username: u, rotate: 1h }',
    '49',
    'connection: is no name of a database connection',
  ],
])('%s is told where it stands', async (resource, column, text) => {
  const [address] = resource.split(': ');
  expect(await about(resource)).toEqual([`lab.yaml:6:${column} resources["${address}"].${text}`]);
});

test('a role of the default issuer and one that is named by its id are taken', async () => {
  expect(await about('vault.pki-role/p/x: { issuer: default, domains: [a] }')).toEqual([]);
  expect(await about('vault.pki-role/p/x: { issuer: 0c53f8c3-4d2e-4a5e-8f3c-2f1f7c1d7a11, domains: [a] }')).toEqual([]);
});

test('an escrow that is not said or is said wrong names the one word that there is', async () => {
  const server = (more: string) =>
    about(`vault.server/main: { seal: shamir, shares: 1, threshold: 1, custodians: []${more} }`);
  expect(await server('')).toEqual([
    'lab.yaml:6:3 resources["vault.server/main"].escrow: is required, and can only be complete',
  ]);
  expect(await server(', escrow: partial')).toEqual([
    'lab.yaml:6:87 resources["vault.server/main"].escrow: can only be complete',
  ]);
  expect(await server(', escrow: complete')).toEqual([]);
});
