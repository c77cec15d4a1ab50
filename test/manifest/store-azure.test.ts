import { describe, expect, test } from 'vitest';
import { buildNodes } from '../../src/engine/node.ts';
import { isReference } from '../../src/engine/value.ts';
import {
  complaints,
  federated,
  load,
  reader,
  type Sections,
  subscription,
  tenant,
  vault,
  writer,
} from './support/azure-store.ts';
import { kinds, resourceAt } from './support/load.ts';

/** A reference as the manifest would have it. */
const shown = (value: unknown): unknown => {
  if (isReference(value)) {
    return value.parts.map((part) => (typeof part === 'string' ? part : `\${${part.address}#${part.output}}`)).join('');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
};

const inAzure = async (stores: Sections, secrets?: Sections) =>
  (await load(stores, secrets)).resources
    .filter(({ kind }) => /^azure\.(?!key-vault-secret)|service-account$/.test(kind))
    .map(({ ownership, address, spec }) => [`${ownership} ${address}`, shown(spec)]);

describe('a store of Azure with workload identity', () => {
  test('is a group, a vault, an identity, its trust and its roles, and lab lets itself in to write', async () => {
    expect(await inAzure({ s: vault() }, { 'a/x': writer('s') })).toMatchInlineSnapshot(`
      [
        [
          "owned azure.resource-group/lab",
          {
            "location": "westeurope",
          },
        ],
        [
          "owned azure.key-vault/my-kv",
          {
            "location": "westeurope",
            "rbac": true,
            "resourceGroup": "lab",
          },
        ],
        [
          "owned azure.role-assignment/lab/my-kv/self/Key%20Vault%20Secrets%20Officer",
          {
            "principalId": "self",
          },
        ],
        [
          "owned azure.managed-identity/lab/eso",
          {},
        ],
        [
          "contributed kubernetes.service-account/external-secrets/external-secrets",
          {
            "annotations": {
              "azure.workload.identity/client-id": "\${azure.managed-identity/lab/eso#clientId}",
              "azure.workload.identity/tenant-id": "7c1e0000-0000-0000-0000-000000000001",
            },
          },
        ],
        [
          "owned azure.federated-credential/lab/eso/demo-aks-external-secrets-external-secrets",
          {
            "audiences": [
              "api://AzureADTokenExchange",
            ],
            "issuer": "\${kubernetes.issuer/cluster#issuer}",
            "subject": "system:serviceaccount:external-secrets:external-secrets",
          },
        ],
        [
          "owned azure.role-assignment/lab/my-kv/team-app/eso/Key%20Vault%20Secrets%20User",
          {
            "principalId": "\${azure.managed-identity/lab/eso#principalId}",
          },
        ],
      ]
    `);
  });

  test('gets no role for lab where lab writes nothing', async () => {
    const addresses = (await inAzure({ s: vault() })).map(([address]) => address);
    expect(addresses.filter((address) => String(address).includes('/self/'))).toEqual([]);
  });

  test('waits for trust and roles, and its secrets for the vault', async () => {
    const nodes = buildNodes((await load({ s: vault() }, { 'a/x': writer('s') })).resources, kinds);
    const needs = (address: string) => nodes.get(address)?.needs;
    expect(needs('external-secrets.cluster-secret-store/s')).toEqual([
      'azure.federated-credential/lab/eso/demo-aks-external-secrets-external-secrets',
      'azure.key-vault/my-kv',
      'azure.role-assignment/lab/my-kv/team-app/eso/Key%20Vault%20Secrets%20User',
      'kubernetes.service-account/external-secrets/external-secrets',
    ]);
    expect(needs('azure.key-vault-secret/my-kv/team-app')).toEqual([
      'azure.key-vault/my-kv',
      'azure.role-assignment/lab/my-kv/self/Key%20Vault%20Secrets%20Officer',
    ]);
  });

  test.each([
    ['vault', ['lab/my-kv/eso']],
    ['"prefix:TEAM-"', ['lab/my-kv/team-app/eso', 'lab/my-kv/team-db/eso']],
    ['per-secret', ['lab/my-kv/other/eso', 'lab/my-kv/team-app/eso', 'lab/my-kv/team-db/eso']],
  ])('grants %s', async (grant, scopes) => {
    const secrets = { 'a/x': reader('s'), 'a/y': reader('s', 'team-db'), 'b/x': reader('s', 'other') };
    const { resources } = await load({ s: vault(federated(`identity: { create: eso }, grant: ${grant}`)) }, secrets);
    expect(
      resources
        .filter(({ kind }) => kind === 'azure.role-assignment')
        .map(({ address }) => address)
        .toSorted(),
    ).toEqual(scopes.map((scope) => `azure.role-assignment/${scope}/Key%20Vault%20Secrets%20User`));
  });

  test('shares group, identity and trust with another store', async () => {
    const stores = { s: vault(), t: vault(federated(), '', 'other-kv') };
    const addresses = (await inAzure(stores, { 'a/x': reader('s'), 'b/x': reader('t') })).map(([address]) => address);
    expect(addresses.map(String).toSorted()).toMatchInlineSnapshot(`
      [
        "contributed kubernetes.service-account/external-secrets/external-secrets",
        "owned azure.federated-credential/lab/eso/demo-aks-external-secrets-external-secrets",
        "owned azure.key-vault/my-kv",
        "owned azure.key-vault/other-kv",
        "owned azure.managed-identity/lab/eso",
        "owned azure.resource-group/lab",
        "owned azure.role-assignment/lab/my-kv/team-app/eso/Key%20Vault%20Secrets%20User",
        "owned azure.role-assignment/lab/other-kv/team-app/eso/Key%20Vault%20Secrets%20User",
      ]
    `);
  });

  test('uses an identity that is there, with the rights that it has or that the manifest adds', async () => {
    const id = `/subscriptions/${subscription}/resourceGroups/Net/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Eso`;
    const existing = `{ type: azure-key-vault, manage: existing, name: old-kv, auth: ${federated(`identity: { existing: "${id}" }`)} }`;
    expect(await inAzure({ s: existing })).toMatchInlineSnapshot(`
      [
        [
          "expected azure.managed-identity/net/eso",
          {},
        ],
        [
          "contributed kubernetes.service-account/external-secrets/external-secrets",
          {
            "annotations": {
              "azure.workload.identity/client-id": "\${azure.managed-identity/net/eso#clientId}",
              "azure.workload.identity/tenant-id": "7c1e0000-0000-0000-0000-000000000001",
            },
          },
        ],
      ]
    `);
    const granted = existing
      .replace('name: old-kv,', 'name: old-kv, resourceGroup: Net,')
      .replace(' } } }', ' }, grant: vault } }');
    expect((await inAzure({ s: granted })).map(([address]) => address)).toMatchInlineSnapshot(`
      [
        "expected azure.managed-identity/net/eso",
        "contributed kubernetes.service-account/external-secrets/external-secrets",
        "expected azure.key-vault/old-kv",
        "owned azure.role-assignment/net/old-kv/eso/Key%20Vault%20Secrets%20User",
      ]
    `);
    const elsewhere = existing.replace(subscription, tenant);
    expect(await complaints({ s: elsewhere })).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:169 stores.s.auth.identity.existing: is in the subscription 7c1e0000-0000-0000-0000-000000000001, and expect.azure.subscription is 7c1e0000-0000-0000-0000-000000000002; two in one manifest are not supported yet",
      ]
    `);
  });

  test('gives an identity of the nodes its roles, and names it to External Secrets', async () => {
    const id = `/subscriptions/${subscription}/resourceGroups/mc_lab/providers/Microsoft.ManagedIdentity/userAssignedIdentities/lab-agentpool`;
    const auth = `{ type: managed-identity, identity: { existing: "${id}" }, grant: per-secret }`;
    const loaded = await load({ s: vault(auth) });
    expect(shown(resourceAt(loaded, 'external-secrets.cluster-secret-store/s').spec['provider'])).toEqual({
      azurekv: {
        authType: 'ManagedIdentity',
        identityId: '${azure.managed-identity/mc_lab/lab-agentpool#clientId}',
        vaultUrl: 'https://my-kv.vault.azure.net',
      },
    });
    expect(
      shown(
        resourceAt(loaded, 'azure.role-assignment/lab/my-kv/team-app/lab-agentpool/Key%20Vault%20Secrets%20User').spec,
      ),
    ).toEqual({ principalId: '${azure.managed-identity/mc_lab/lab-agentpool#principalId}' });
  });

  test('is refused where one service account would be two identities', async () => {
    const stores = { s: vault(), t: vault(federated('identity: { create: other }'), '', 'other-kv') };
    expect(await complaints(stores, { 'a/x': reader('s'), 'b/x': reader('t') })).toMatchInlineSnapshot(`
      [
        "lab.yaml:7:106 stores.t.auth: annotations["azure.workload.identity/client-id"] of kubernetes.service-account/external-secrets/external-secrets has another value at stores.s.auth (lab.yaml:6:103)",
      ]
    `);
  });

  test('is refused where it opens what another store keeps from External Secrets', async () => {
    const hidden = '{ type: azure-key-vault, manage: existing, name: my-kv, expose: none }';
    const all = vault(federated('identity: { create: eso }, grant: vault'));
    expect(await complaints({ escrow: hidden, s: all })).toMatchInlineSnapshot(`
      [
        "lab.yaml:7:3 stores.s: lets External Secrets read the vault my-kv, which stores.escrow (lab.yaml:6:3) keeps from it with expose: none",
      ]
    `);
    expect(await complaints({ escrow: hidden, s: vault() })).toEqual([]);
    const region = (more: string) => `{ type: aws-secrets-manager, region: eu-west-1, ${more} }`;
    const irsa = region('auth: { type: irsa, serviceAccount: a/b, identity: { create: eso }, grant: vault }');
    expect(await complaints({ escrow: region('expose: none'), s: irsa })).toMatchInlineSnapshot(`
      [
        "lab.yaml:7:3 stores.s: lets External Secrets read all of eu-west-1, which stores.escrow (lab.yaml:6:3) keeps from it with expose: none",
      ]
    `);
  });

  test('makes its vault in a group that is there', async () => {
    const store = vault().replace('resourceGroup: Lab', 'resourceGroup: { existing: Lab }');
    const { ownership, spec } = resourceAt(await load({ s: store }), 'azure.resource-group/lab');
    expect({ ownership, spec }).toEqual({ ownership: 'expected', spec: {} });
  });

  test('is checked offline', async () => {
    const missing = '{ type: azure-key-vault, manage: create, name: my-kv, expose: none }';
    const superfluous = '{ type: azure-key-vault, manage: existing, name: my-kv, location: westeurope, expose: none }';
    const homeless = `{ type: azure-key-vault, manage: existing, name: my-kv, auth: ${federated()} }`;
    const all = await Promise.all([
      complaints({ s: missing }, {}),
      complaints({ s: superfluous }, {}),
      complaints({ s: homeless }),
      complaints({ s: vault(federated('identity: { create: e }')) }),
      complaints({ s: vault(federated('identity: { existing: eso }')) }),
      complaints({ s: vault(federated('identity: { create: eso }, grant: "prefix:db"')) }),
      complaints({ s: vault('{ type: managed-identity, grant: vault }') }),
      complaints({ s: vault() }, undefined, `{ tenant: ${tenant} }`),
    ]);
    expect(all.flat()).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:3 stores.s: resourceGroup is missing: where to make the vault",
        "lab.yaml:6:3 stores.s: location is missing: where to make the vault",
        "lab.yaml:6:3 stores.s: location belongs to a vault that lab makes; this one says manage: existing",
        "lab.yaml:6:3 stores.s: resourceGroup is missing: where the identity is",
        "lab.yaml:6:207 stores.s.auth.identity.create: is no name of a managed identity; use 3 to 128 letters, digits, "-" and "_"",
        "lab.yaml:6:209 stores.s.auth.identity.existing: is no id of a managed identity; write /subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME",
        "lab.yaml:6:221 stores.s.auth.grant: no entry of secrets reads a key from it that begins with db; Azure gives roles on single secrets",
        "lab.yaml:6:142 stores.s.auth.grant: needs identity: {existing: ID}, or lab cannot tell whom to give it to",
        "lab.yaml:6:3 stores.s: needs expect.azure.subscription; az account show has it as id",
      ]
    `);
  });
});
