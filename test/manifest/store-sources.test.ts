import { describe, expect, test } from 'vitest';
import { permissionsOf } from '../../src/cli/permissions.ts';
import { buildNodes } from '../../src/engine/node.ts';
import { complaintsAbout, expanded, kinds, resourceAt } from './support/load.ts';

const manifest = (stores: readonly string[], rest: readonly string[]) => `apiVersion: lab/v1
name: demo
cluster: { context: c }
stores:
${[...stores, 'team: { type: kubernetes, namespace: team, auth: { type: service-account, serviceAccount: eso/eso } }'].map((line) => `  ${line}\n`).join('')}${rest.join('\n')}
`;

const keys = 'keys: { type: azure-key-vault, manage: existing, name: Demo-KV, expose: none }';
const region = 'aws: { type: aws-secrets-manager, region: eu-west-1, account: "123456789012", expose: none }';
const kv = 'kv: { type: vault, mount: secret, expose: none }';

const copied = (source: string, at = 'copy') => [
  'secrets:',
  `  app/copy: { readFrom: team, keys: { k: { at: ${at}, value: { store: ${source} } } } }`,
];
const vaultSection = ['vault:', '  address: https://v', '  login: { auth: token, token: { env: T } }'];
const database = (password: string) => [
  ...copied('keys/other'),
  ...vaultSection,
  '  mounts:',
  '    database:',
  '      type: database',
  `      connections: { app: { plugin: postgresql, url: "postgresql://pg/app", username: vault, password: ${password} } }`,
];

describe('a value out of a store', () => {
  test.each([
    [keys, 'keys/pg-Admin', { address: 'azure.key-vault-secret/demo-kv/pg-admin' }],
    [keys, 'keys/pg#password', { address: 'azure.key-vault-secret/demo-kv/pg', property: 'password' }],
    [region, 'aws/team/pg', { address: 'aws.secrets-manager-secret/eu-west-1/team%2Fpg' }],
    [kv, '"kv/team/pg#password"', { address: 'vault.kv-secret/secret/team%2Fpg', property: 'password' }],
    [
      'other: { type: kubernetes, namespace: other, expose: none }',
      'other/pg',
      { address: 'kubernetes.secret/other/pg', property: 'value' },
    ],
  ])('is a secret of that store: %s', async (store, source, expected) => {
    const rest = store === kv ? [...vaultSection, ...copied(source)] : copied(source);
    const loaded = await expanded(manifest([store], rest));
    expect(resourceAt(loaded, 'kubernetes.secret/team/copy').spec['data']).toMatchObject({
      value: { source: { from: 'store', named: source.replaceAll('"', ''), ...expected } },
    });
  });

  test('is asked of a cloud that the manifest needs for nothing else', async () => {
    const { connections } = await expanded(manifest([keys, region], copied('keys/pg')));
    expect(connections).toMatchObject({ azure: { vaults: ['demo-kv'] } });
    expect(connections).not.toHaveProperty('aws');
    expect((await expanded(manifest([region], copied('aws/pg')))).connections).toHaveProperty('aws');
  });

  test('waits for what its store waits for, and for who writes it', async () => {
    const writes = 'resources: { vault.kv-secret/secret/pg: { data: { password: { env: PG } } } }';
    const rest = [...vaultSection, ...copied('"kv/pg#password"'), writes];
    const nodes = buildNodes((await expanded(manifest([kv], rest))).resources, kinds);
    const node = nodes.get('kubernetes.secret/team/copy');
    expect(node?.gates).toEqual(['vault.active']);
    expect(node?.needs).toContain('vault.kv-secret/secret/pg');
  });

  test('lets lab into the vault that it makes', async () => {
    const made =
      'keys: { type: azure-key-vault, manage: create, name: demo-kv, resourceGroup: { existing: lab }, location: westeurope, expose: none }';
    const subscription =
      'expect: { azure: { tenant: 7c1e0000-0000-0000-0000-000000000001, subscription: 7c1e0000-0000-0000-0000-000000000002 } }';
    const { resources } = await expanded(manifest([made], [...copied('keys/pg'), subscription]));
    const nodes = buildNodes(resources, kinds);
    expect(nodes.get('kubernetes.secret/team/copy')).toMatchObject({
      gates: ['azure.entry/demo-kv'],
      needs: expect.arrayContaining(['azure.key-vault/demo-kv']),
    });
    expect(resources.map(({ address }) => address)).toContain(
      'azure.role-assignment/lab/demo-kv/self/Key%20Vault%20Secrets%20Officer',
    );
  });

  test('is what a database connection logs in with', async () => {
    const loaded = await expanded(manifest([keys], database('{ store: keys/pg }')));
    expect(resourceAt(loaded, 'vault.database-connection/database/app').spec['password']).toMatchObject({
      source: { from: 'store', address: 'azure.key-vault-secret/demo-kv/pg' },
      at: expect.stringMatching(/lab\.yaml:\d+:\d+$/),
    });
  });
});

describe('lab permissions has the read of that secret alone', () => {
  test.each(['plan', 'apply'] as const)('for %s', async (command) => {
    const inAzure = permissionsOf(await expanded(manifest([keys], copied('keys/pg'))), command);
    expect(inAzure.azure).toMatchObject({
      DataActions: [
        'Microsoft.KeyVault/vaults/secrets/getSecret/action',
        'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
      ],
    });
    const inAws = permissionsOf(await expanded(manifest([region], copied('aws/pg'))), command);
    expect(inAws.aws).toMatchObject({
      Statement: [
        {
          Effect: 'Allow',
          Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
          Resource: ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:pg-??????'],
        },
      ],
    });
    const rest = [...vaultSection, ...copied('"kv/pg#password"')];
    const inVault = permissionsOf(await expanded(manifest([kv], rest)), command);
    expect(inVault.vault?.policy).toContain('path "secret/data/pg" {\n  capabilities = ["read"]\n}');
  });
});

describe('what is wrong with it is said at its line', () => {
  test.each([
    ['nowhere/pg', 'there is no store nowhere'],
    ['key/pg', 'there is no store key. Did you mean keys?'],
    ['keys/not_a_name', '"not_a_name" cannot name a secret in a key vault'],
    ['keys', 'is not STORE/KEY'],
    ['team/copy', 'team/copy is the secret that the value is written to'],
  ])('%s', async (source, problem) => {
    const [first] = await complaintsAbout(manifest([keys], copied(source)));
    expect(first).toContain(problem);
    expect(first).toMatch(/^lab\.yaml:\d+:\d+ secrets\["app\/copy"\]\.keys\.k\.value\.store/);
  });

  test('of a password', async () => {
    const [first] = await complaintsAbout(manifest([keys], database('{ store: keys/not_a_name }')));
    expect(first).toContain('connections.app.password.store: "not_a_name" cannot name');
    const [made] = await complaintsAbout(manifest([keys], database('{ generate: {} }')));
    expect(made).toContain('generate');
    const [two] = await complaintsAbout(manifest([keys], database('{ store: keys/pg, env: PG }')));
    expect(two).toContain('must name one source: {env: NAME}, {file: PATH} or {store: STORE/KEY}');
  });

  test('two values that are taken from each other', async () => {
    const circle = [
      'secrets:',
      '  app/a: { readFrom: team, keys: { k: { at: a, value: { store: team/b } } } }',
      '  app/b: { readFrom: team, keys: { k: { at: b, value: { store: team/a } } } }',
    ];
    const [first] = await complaintsAbout(manifest([], circle));
    expect(first).toContain('resources need each other: kubernetes.secret/team/');
  });
});
