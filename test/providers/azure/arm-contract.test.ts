import { afterAll, beforeAll, describe } from 'vitest';
import { reference } from '../../../src/engine/value.ts';
import { azure } from '../../../src/providers/azure/index.ts';
import { type AzureSandbox, startAzureSandbox } from '../../../src/sandbox/azure/start.ts';
import { describeKind } from '../../support/kind-contract.ts';
import { at, strangers, withSubscription } from './arm-cases.ts';
import { connect, principals, subscription, tenant } from './sandbox.ts';

let box: AzureSandbox;

beforeAll(async () => {
  const principal = (id: string) => Object.values(principals).find(({ clientId }) => clientId === id);
  box = await startAzureSandbox({ tenant, subscription, vaults: [], principal, settleMs: 100 });
});
afterAll(() => box.stop());

const common = { connect: async () => [await connect(box, withSubscription)], kinds: azure.kinds };
const location = 'westeurope';

describeKind('azure.resource-group', async () => ({
  ...common,
  example: [at('resource-group', ['groups'], { location: 'West Europe', tags: { team: 'platform', tier: '1' } })],
  changed: at('resource-group', ['groups'], { location, tags: { team: 'data', tier: '1' } }),
  changes: ['tags.team'],
  without: { resource: at('resource-group', ['groups'], { location, tags: { team: 'platform' } }), field: 'tags.tier' },
}));

describeKind('azure.key-vault', async () => {
  const name = 'Contract-Kv';
  const group = at('resource-group', ['vaults'], { location });
  const plain = { resourceGroup: 'vaults', location, rbac: true, retentionDays: 7, purgeProtection: false };
  const subnet = `/subscriptions/${subscription}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/A/subnets/B`;
  const rules = {
    firewall: 'deny',
    bypass: 'none',
    allowIps: ['203.0.113.7', '10.1.0.0/16'],
    allowSubnets: [subnet],
    publicNetwork: 'enabled',
    sku: 'standard',
  };
  const { bypass: _, ...others } = rules;
  return {
    ...common,
    example: [group, at('key-vault', [name], { ...plain, ...rules, tags: { team: 'lab' } })],
    changed: at('key-vault', [name], {
      ...plain,
      ...rules,
      sku: 'premium',
      allowIps: ['203.0.113.7'],
      tags: { team: 'data' },
    }),
    changes: ['sku', 'allowIps', 'tags.team'],
    without: { resource: at('key-vault', [name], { ...plain, ...others, tags: { team: 'lab' } }), field: 'bypass' },
    stranger: {
      add: async () => {
        const { tags = {} } = await strangers(box).vaults.get('vaults', name);
        await strangers(box).vaults.update('vaults', name, { tags: { ...tags, 'cost-centre': '4711' } });
      },
      isThere: async () => (await strangers(box).vaults.get('vaults', name)).tags?.['cost-centre'] === '4711',
    },
  };
});

describeKind('azure.key-vault of nothing but a place', async () => {
  const plain = { resourceGroup: 'plain', location };
  return {
    ...common,
    example: [
      at('resource-group', ['plain'], { location }),
      at('key-vault', ['plain-kv'], { ...plain, firewall: 'deny' }),
    ],
    changed: at('key-vault', ['plain-kv'], { ...plain, firewall: 'allow', publicNetwork: 'disabled' }),
    changes: ['firewall', 'publicNetwork'],
    without: { resource: at('key-vault', ['plain-kv'], plain), field: 'firewall' },
  };
});

describeKind('azure.managed-identity', async () => {
  const tags = { team: 'platform', tier: '1' };
  return {
    ...common,
    example: [
      at('resource-group', ['identities'], { location }),
      at('managed-identity', ['identities', 'ESO'], { location, tags }),
    ],
    changed: at('managed-identity', ['identities', 'ESO'], { location, tags: { ...tags, tier: '2' } }),
    changes: ['tags.tier'],
    without: {
      resource: at('managed-identity', ['identities', 'ESO'], { location, tags: { team: 'platform' } }),
      field: 'tags.tier',
    },
    stranger: {
      add: async () => {
        const { tags: live = {} } = await strangers(box).identities.get('identities', 'eso');
        await strangers(box).identities.update('identities', 'eso', { tags: { ...live, 'cost-centre': '4711' } });
      },
      isThere: async () => (await strangers(box).identities.get('identities', 'eso')).tags?.['cost-centre'] === '4711',
    },
  };
});

const trust = {
  issuer: 'https://oidc.example.com/a/b/',
  subject: 'system:serviceaccount:external-secrets:external-secrets',
  audiences: ['api://AzureADTokenExchange'],
};

describeKind('azure.federated-credential', async () => {
  const name = ['trust', 'eso', 'Cluster'];
  return {
    ...common,
    example: [
      at('resource-group', ['trust'], { location }),
      at('managed-identity', ['trust', 'eso'], {}),
      at('federated-credential', name, trust),
    ],
    changed: at('federated-credential', name, { ...trust, issuer: 'https://oidc.example.com/a/b', audiences: ['lab'] }),
    changes: ['issuer', 'audiences'],
    stranger: {
      add: async () => {
        const other = { ...trust, subject: 'system:serviceaccount:other:other' };
        await strangers(box).credentials.createOrUpdate('trust', 'eso', 'other', other);
      },
      isThere: async () => (await strangers(box).credentials.get('trust', 'eso', 'other')).name === 'other',
    },
  };
});

const role = 'Key Vault Secrets User';
const principalOf = (identity: string) =>
  reference([{ address: `azure.managed-identity/roles/${identity}`, output: 'principalId' }]);

describe.each([
  ['a resource group', ['roles']],
  ['a vault', ['roles', 'roles-kv']],
  ['one secret', ['roles', 'roles-kv', 'Crossplane-Azure']],
])('on %s', (_, scope) => {
  const name = [...scope, 'somebody', role];
  describeKind('azure.role-assignment', async () => ({
    ...common,
    example: [
      at('resource-group', ['roles'], { location }),
      at('key-vault', ['roles-kv'], { resourceGroup: 'roles', location }),
      at('managed-identity', ['roles', 'eso'], {}),
      at('managed-identity', ['roles', 'other'], {}),
      at('role-assignment', name, { principalId: principalOf('eso') }),
    ],
    changed: at('role-assignment', name, { principalId: principalOf('other') }),
    changes: ['principalId'],
  }));
});

describeKind('azure.role-assignment for who lab is', async () => {
  const name = ['self', 'self-kv', 'self', 'Key Vault Secrets Officer'];
  return {
    ...common,
    example: [
      at('resource-group', ['self'], { location }),
      at('key-vault', ['self-kv'], { resourceGroup: 'self', location }),
      at('managed-identity', ['self', 'eso'], {}),
      at('role-assignment', name, { principalId: 'self' }),
    ],
    changed: at('role-assignment', name, {
      principalId: reference([{ address: 'azure.managed-identity/self/eso', output: 'principalId' }]),
    }),
    changes: ['principalId'],
  };
});
