import { describe, expect, test } from 'vitest';
import { complaintsAbout, expanded } from './support/load.ts';

const tenant = '7c1e0000-0000-0000-0000-000000000001';
const principal = 'auth: { type: service-principal, clientId: { env: ID }, clientSecret: { env: SECRET } }';
const keys = 'auth: { type: access-keys, id: { env: ID }, secret: { env: KEY } }';
const azure = (more = principal) => `{ type: azure-key-vault, manage: existing, name: My-kv, ${more} }`;
const aws = (more = keys) => `{ type: aws-secrets-manager, region: eu-west-1, ${more} }`;

const manifest = (store: string, entries: readonly string[] = ['a/x: { readFrom: s, keys: { k: { at: k } } }']) =>
  [
    'apiVersion: lab/v1',
    'name: demo',
    'cluster: { context: c }',
    `expect: { azure: { tenant: ${tenant} } }`,
    'stores:',
    `  s: ${store}`,
    'secrets:',
    ...entries.map((entry) => `  ${entry}`),
    '',
  ].join('\n');

describe('connections to clouds', () => {
  const written = ['a/x: { readFrom: s, keys: { k: { at: k, value: { env: V } } } }'];

  test('are there for what lab writes, not for what only External Secrets reads', async () => {
    expect(Object.keys((await expanded(manifest(azure()))).connections)).not.toContain('azure');
    expect((await expanded(manifest(azure()))).expects).toEqual({});
    const loaded = await expanded(manifest(azure(), written));
    expect(loaded.connections['azure']).toEqual({ tenant, vaults: ['my-kv'], credential: { type: 'ambient' } });
    expect(loaded.connectionsAt['azure']).toMatch(/lab\.yaml:6:3$/);
    expect(loaded.expects).toEqual({ azure: tenant });
  });

  test('to AWS expect the account, in the partition of the region', async () => {
    const there = (region: string) =>
      expanded(manifest(aws(`account: "123456789012", ${keys}`).replace('eu-west-1', region), written));
    const { connections, expects, connectionsAt } = await there('us-east-1');
    expect(connections['aws']).toEqual({
      region: 'us-east-1',
      account: '123456789012',
      credential: { type: 'ambient' },
    });
    expect(connectionsAt['aws']).toMatch(/lab\.yaml:6:3$/);
    expect(expects).toEqual({ aws: 'aws:123456789012' });
    expect((await there('cn-north-1')).expects).toEqual({ aws: 'aws-cn:123456789012' });
    expect((await there('us-gov-west-1')).expects).toEqual({ aws: 'aws-us-gov:123456789012' });
    expect((await there('us-isob-east-1')).expects).toEqual({ aws: 'aws-iso-b:123456789012' });
  });

  test('go to one account, one partition and one cloud', async () => {
    const two = (first: string, second: string) =>
      complaintsAbout(
        manifest(`${first}\n  t: ${second}`, [...written, 'a/y: { readFrom: t, keys: { k: { at: k } } }']),
      );
    const account = (digit: string, region = 'eu-west-1') =>
      aws(`account: "${digit.repeat(12)}", ${keys}`).replace('eu-west-1', region);
    expect(await two(account('1'), account('1', 'eu-west-2'))).toEqual([]);
    expect([
      ...(await two(account('1'), account('2'))),
      ...(await two(aws(), aws().replace('eu-west-1', 'cn-north-1'))),
      ...(await two(azure(), azure(`url: "https://my-kv.vault.azure.cn", ${principal}`))),
    ]).toMatchInlineSnapshot(`
      [
        "lab.yaml:7:63 stores.t.account: 222222222222 is another account of AWS than 111111111111 at stores.s.account (lab.yaml:6:63); two in one manifest are not supported yet",
        "lab.yaml:7:43 stores.t.region: aws-cn is another partition of AWS than aws at stores.s.region (lab.yaml:6:43); two in one manifest are not supported yet",
        "lab.yaml:7:3 stores.t: china is another cloud of Azure than public at stores.s (lab.yaml:6:3); two in one manifest are not supported yet",
      ]
    `);
  });

  test('are made for resources that no store stands for', async () => {
    const yaml = `apiVersion: lab/v1\nname: demo\nresources:\n  aws.secrets-manager-secret/us-west-2/x: { value: { env: X } }\n  azure.key-vault-secret/Team-kv/y: { value: { env: Y } }\n`;
    expect((await expanded(yaml)).connections).toEqual({
      aws: { region: 'us-west-2', credential: { type: 'ambient' } },
      azure: { vaults: ['team-kv'], credential: { type: 'ambient' } },
    });
  });
});
