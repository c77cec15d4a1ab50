import { afterAll, beforeAll } from 'vitest';
import type { Fields } from '../../../src/engine/value.ts';
import { azure } from '../../../src/providers/azure/index.ts';
import { type AzureSandbox, startAzureSandbox } from '../../../src/sandbox/azure/start.ts';
import { fromSource } from '../../../src/secrets/source.ts';
import { describeKind } from '../../support/kind-contract.ts';
import { resource } from '../../support/world.ts';
import { connect, principals, tenant, vault } from './sandbox.ts';
import { stranger } from './stranger.ts';

let box: AzureSandbox;

beforeAll(async () => {
  const principal = (id: string) => Object.values(principals).find(({ clientId }) => clientId === id);
  box = await startAzureSandbox({ tenant, vaults: [vault], principal, settleMs: 300 });
});
afterAll(() => box.stop());

const fromEnv = (name: string) =>
  fromSource({ source: { from: 'env', name }, onMissingSource: 'keep', onExternalChange: 'keep', at: 'lab.yaml:1:1' });

const env = { FIRST: 'first-value-ÄÖ', SECOND: 'second-value' };

/** Somebody's tag on the current version. */
const tagged = (name: string) => ({
  add: async () => {
    const { properties } = await stranger(box).getSecret(name);
    const tags = { ...properties.tags, 'cost-centre': '4711' };
    await stranger(box).updateSecretProperties(name, properties.version ?? '', { tags });
  },
  isThere: async () => (await stranger(box).getSecret(name)).properties.tags?.['cost-centre'] === '4711',
});

const at = (name: string, spec: Fields) => resource(`azure.key-vault-secret/${vault}/${name}`, spec);

describeKind('azure.key-vault-secret whose value changes', async () => {
  const full = { value: fromEnv('FIRST'), contentType: 'application/json', tags: { team: 'lab' } };
  return {
    connect: async () => [await connect(box)],
    kinds: azure.kinds,
    example: [at('Crossplane-Azure', full)],
    changed: at('Crossplane-Azure', { ...full, value: fromEnv('SECOND') }),
    changes: ['value'],
    without: { resource: at('Crossplane-Azure', { ...full, tags: {} }), field: 'tags.team' },
    env,
    stranger: tagged('crossplane-azure'),
  };
});

describeKind('azure.key-vault-secret whose properties change', async () => {
  const full = {
    value: fromEnv('FIRST'),
    contentType: 'application/json',
    enabled: true,
    tags: { team: 'lab', tier: '1' },
  };
  const { tags, ...untagged } = full;
  return {
    connect: async () => [await connect(box)],
    kinds: azure.kinds,
    example: [at('properties', { ...full, tags })],
    changed: at('properties', { ...full, contentType: 'text/plain', tags: { ...tags, tier: '2' } }),
    changes: ['contentType', 'tags.tier'],
    without: { resource: at('properties', untagged), field: 'tags' },
    env,
    stranger: tagged('properties'),
  };
});

describeKind('azure.key-vault-secret of a value alone', async () => {
  const full = { value: fromEnv('FIRST'), contentType: 'text/plain' };
  return {
    connect: async () => [await connect(box)],
    kinds: azure.kinds,
    example: [at('plain', full)],
    changed: at('plain', { ...full, enabled: false }),
    changes: ['enabled'],
    without: { resource: at('plain', { value: fromEnv('FIRST') }), field: 'contentType' },
    env,
  };
});
