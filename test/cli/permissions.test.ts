import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { permissionsOf } from '../../src/cli/permissions.ts';
import { renderPolicy } from '../../src/providers/vault/policy/hcl.ts';
import { permissionsText } from '../../src/views/permissions.ts';
import { expanded } from '../manifest/support/load.ts';

const manifest = (cluster: string, store: string) => `apiVersion: lab/v1
name: demo
cluster: ${cluster}
expect: { azure: { tenant: 7c1e0000-0000-0000-0000-000000000001, subscription: 7c1e0000-0000-0000-0000-000000000002 } }
stores: { s: ${store} }
secrets: { a/x: { readFrom: s, keys: { k: { at: team-app, value: { env: V } } } } }
`;
const identity = 'auth: { type: workload-identity, serviceAccount: eso/eso, identity: { create: eso } }';
const made = `{ type: azure-key-vault, manage: create, name: demo-kv, resourceGroup: { existing: lab }, location: westeurope, ${identity} }`;
const existing = `{ type: azure-key-vault, manage: existing, name: demo-kv, auth: { type: managed-identity } }`;
const inAws = '{ type: aws-secrets-manager, region: cn-north-1, account: "123456789012" }';

const parsePaths = (spec: unknown) => z.object({ paths: z.record(z.string(), z.array(z.string())) }).parse(spec).paths;

describe('lab permissions', () => {
  test("asks for no more in Azure than the manifest's kinds call", async () => {
    const of = async (store: string, command: 'plan' | 'apply') =>
      permissionsOf(await expanded(manifest('{ context: c }', store)), command).azure;
    // lab is let into the vault that it makes by a role that it gives itself.
    expect(await of(made, 'apply')).toMatchObject({ DataActions: [] });
    expect(await of(made, 'plan')).toMatchObject({
      DataActions: ['Microsoft.KeyVault/vaults/secrets/readMetadata/action'],
    });
    expect(await of(existing, 'apply')).toMatchObject({
      Actions: ['Microsoft.Resources/subscriptions/read'],
      DataActions: [
        'Microsoft.KeyVault/vaults/secrets/delete',
        'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
        'Microsoft.KeyVault/vaults/secrets/recover/action',
        'Microsoft.KeyVault/vaults/secrets/setSecret/action',
        'Microsoft.KeyVault/vaults/secrets/update/action',
      ],
    });
    // Of a group that must be there, nothing is written.
    expect(JSON.stringify(await of(made, 'apply'))).not.toContain('resourceGroups/write');
  });

  test.each(['plan', 'apply'] as const)(
    'has for %s what the delivery of a SecretID does in a cloud',
    async (command) => {
      const delivered = (to: string, store: string) => `apiVersion: lab/v1
name: demo
stores: { s: ${store} }
vault:
  address: https://v
  login: { auth: token, token: { env: T } }
  auth: { approle: { type: approle, roles: { ci: { policies: [ci], secretId: { ttl: 1h, deliver: { ${to} } } } } } }
`;
      const keys = '{ type: azure-key-vault, manage: existing, name: demo-kv, expose: none }';
      const regional = '{ type: aws-secrets-manager, region: eu-west-1, account: "123456789012", expose: none }';
      const { azure } = permissionsOf(await expanded(delivered('store: s/ci', keys)), command);
      const vaults = 'Microsoft.KeyVault/vaults/secrets';
      const inVault = [`${vaults}/delete`, `${vaults}/getSecret/action`, `${vaults}/readMetadata/action`];
      const writing = [`${vaults}/recover/action`, `${vaults}/setSecret/action`];
      expect(azure).toMatchObject({
        DataActions: command === 'plan' ? [`${vaults}/readMetadata/action`] : [...inVault, ...writing],
      });
      const { aws } = permissionsOf(await expanded(delivered('store: s/ci', regional)), command);
      const [statement] = z
        .object({ Statement: z.array(z.object({ Action: z.array(z.string()) })) })
        .parse(aws).Statement;
      expect(statement?.Action).toEqual(
        command === 'plan'
          ? ['secretsmanager:DescribeSecret']
          : [
              'secretsmanager:CreateSecret',
              'secretsmanager:DeleteSecret',
              'secretsmanager:DescribeSecret',
              'secretsmanager:GetSecretValue',
              'secretsmanager:PutSecretValue',
              'secretsmanager:RestoreSecret',
              'secretsmanager:TagResource',
              'secretsmanager:UpdateSecretVersionStage',
            ],
      );
      const inFile = permissionsOf(await expanded(delivered('wrapped: token', keys)), command);
      expect([inFile.azure, inFile.aws]).toEqual([undefined, undefined]);
    },
  );

  test('asks for the cluster where a cloud is asked for it', async () => {
    const aks = permissionsOf(await expanded(manifest('{ aks: { resourceGroup: k, name: prod } }', existing)), 'plan');
    expect(JSON.stringify(aks.azure)).toContain('managedClusters/listClusterUserCredential/action');
    const eks = permissionsOf(await expanded(manifest('{ eks: { region: cn-north-1, name: prod } }', inAws)), 'plan');
    expect(eks).toEqual({
      name: 'demo',
      environment: 'default',
      aws: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['secretsmanager:DescribeSecret'],
            Resource: ['arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:team-app-??????'],
          },
          {
            Effect: 'Allow',
            Action: ['eks:DescribeCluster'],
            Resource: ['arn:aws-cn:eks:cn-north-1:123456789012:cluster/prod'],
          },
        ],
      },
    });
  });

  test('prints one document alone, for a file', async () => {
    const permissions = permissionsOf(await expanded(manifest('{ context: c }', made)), 'apply');
    expect(JSON.parse(permissionsText(permissions, 'azure'))).toEqual(permissions.azure);
    expect(permissionsText(permissions, undefined)).toMatch(/^Azure: az role definition create/);
    expect(permissionsText({ name: 'demo', environment: 'kind' }, undefined)).toBe(
      'This manifest needs nothing of Azure, AWS or Vault.',
    );
  });

  const inVault = (policies: string, login = '{ auth: token, token: { env: T } }') =>
    expanded(`apiVersion: lab/v1
name: demo
cluster: { context: c }
vault:
  address: https://vault.example
  login: ${login}
  mounts: { secret: { type: kv-v2 } }
  policies: { ${policies} }
`);

  test('prints a policy of Vault, by path; a token that somebody else made may look itself up', async () => {
    const given = await inVault('app: { paths: { secret/data/app: [read] } }');
    const { vault } = permissionsOf(given, 'plan');
    expect(vault?.policy).toBe(
      `${[
        ['auth/token/lookup-self', '"read"'],
        ['secret/metadata', '"list"'],
        ['sys/mounts', '"read"'],
        ['sys/policies/acl', '"list"'],
        ['sys/policies/acl/app', '"read"'],
      ]
        .map(([path, capabilities]) => `path "${path}" {\n  capabilities = [${capabilities}]\n}`)
        .join('\n\n')}\n`,
    );
    const apply = permissionsOf(given, 'apply');
    expect(apply.vault?.policy).toContain(
      'path "sys/policies/acl/app" {\n  capabilities = ["delete", "read", "update"]',
    );
    expect(permissionsText(apply, 'vault')).toBe(apply.vault?.policy.trimEnd());
    expect(permissionsText(apply, undefined)).toMatch(/^Vault: vault policy write NAME FILE\npath /);
    const login = '{ auth: app-role, roleId: { env: R }, secretId: { env: S } }';
    const other = permissionsOf(await inVault('app: { paths: { secret/data/app: [read] } }', login), 'plan');
    expect(other.vault?.policy).not.toContain('lookup-self');
  });

  test('a computed policy is what is printed, itself included, and comes before what it lets lab do', async () => {
    const given = await inVault('lab-plan: { computed: plan }, lab: { computed: apply }');
    for (const [name, command] of [
      ['lab-plan', 'plan'],
      ['lab', 'apply'],
    ] as const) {
      const found = given.resources.find(({ address }) => address === `vault.policy/${name}`);
      expect(renderPolicy(parsePaths(found?.spec))).toBe(permissionsOf(given, command).vault?.policy);
      expect(found?.spec).toMatchObject({ paths: { 'sys/policies/acl/lab': expect.arrayContaining(['read']) } });
    }
    expect(given.resources.find(({ kind }) => kind === 'vault.mount')?.dependsOn).toEqual([
      'vault.policy/lab',
      'vault.policy/lab-plan',
    ]);
  });
});
