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
  ['vault.approle-role/a/x: { policies: [""] }', '40', 'policies[0]'],
  ['vault.identity-group/x: { type: internal, policies: [""] }', '56', 'policies[0]'],
  ['vault.identity-group-alias/x: { mount: "/", name: a }', '42', 'mount'],
])('%s is told where it stands', async (resource, column, field) => {
  const [address] = resource.split(': ');
  expect(await about(resource)).toEqual([
    `lab.yaml:6:${column} resources["${address}"].${field}: is empty; text is expected`,
  ]);
});
