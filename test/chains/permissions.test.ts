import { describe, expect, onTestFinished, test } from 'vitest';
import type { Provider } from '../../src/engine/provider.ts';
import type { KindFacts, Resource, Right } from '../../src/engine/resource.ts';
import { rightsOf } from '../../src/engine/rights.ts';
import type { Value } from '../../src/engine/value.ts';
import { LabError } from '../../src/errors.ts';
import { aws } from '../../src/providers/aws/index.ts';
import { roleDefinition } from '../../src/providers/azure/arm/role-definition.ts';
import { azure } from '../../src/providers/azure/index.ts';
import { startAwsSandbox } from '../../src/sandbox/aws/start.ts';
import { startAzureSandbox } from '../../src/sandbox/azure/start.ts';
import { secret } from '../../src/secrets/secret.ts';
import { fromSource } from '../../src/secrets/source.ts';
import { configOf, contextOf, iamAt } from '../providers/aws/server.ts';
import { memoryStore } from '../support/memory-store.ts';
import { noPorts } from '../support/no-ports.ts';
import { applyAll, type Bench, deskFrom, plan } from '../support/world.ts';
import { applierWith } from './applier.ts';
import { account, subscription, tenant } from './bench.ts';
import { awsChain, azureChain } from './resources.ts';

// Whoever has exactly the rights that `lab permissions` prints gets through a whole life; whoever lacks one of them does not.

const inCloud = (provider: Provider, resources: readonly Resource[]): readonly Resource[] =>
  resources.filter(({ kind }) => kind.startsWith(`${provider.name}.`));
const kindsOf = ({ kinds }: Provider): ReadonlyMap<string, KindFacts> =>
  new Map(kinds.map((kind) => [kind.kind, kind]));
const needed = (provider: Provider, resources: readonly Resource[], command: 'plan' | 'apply'): readonly Right[] =>
  rightsOf(resources, kindsOf(provider), command).map(({ right }) => right);

/** One after the other, until something fails: what failed, in lab's own words. */
const live = async (
  steps: readonly (() => Promise<{ diagnostics: readonly { severity: string; message: string }[] }>)[],
) => {
  for (const step of steps) {
    try {
      const { diagnostics } = await step();
      const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);
      if (errors.length > 0) return errors;
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      return [error.message];
    }
  }
  return [];
};

const benchOf = (provider: Provider, connection: Bench['connections'][number]): Bench => ({
  kinds: provider.kinds,
  connections: [connection],
  store: memoryStore(),
  desk: deskFrom({ VALUE: 'the-value', OTHER: 'another-value' }, async (read) => secret(read)),
});

const unique = (actions: readonly string[]): string[] => [...new Set(actions)].toSorted();

describe('in Azure', () => {
  const resources = inCloud(azure, azureChain());
  const subscriptions = 'Microsoft.Resources/subscriptions/read';
  // lab's own role in the vault gives it the data actions.
  const own = (rights: readonly Right[]) => rights.filter(({ data }) => data !== true);
  const actions = unique([subscriptions, ...own(needed(azure, resources, 'apply')).map(({ action }) => action)]);

  const connected = async (mayDo: { readonly actions: readonly string[]; readonly dataActions: readonly string[] }) => {
    const [clientId, clientSecret] = ['0f000000-0000-0000-0000-000000000009', 'of-the-applier'];
    const principal = (id: string) =>
      id === clientId ? { clientId, clientSecret, subscriptionRole: mayDo } : undefined;
    const box = await startAzureSandbox({ tenant, subscription, vaults: [], principal });
    const config = {
      tenant,
      subscription,
      entered: [{ group: 'lab', vault: 'chain-kv' }],
      credential: { type: 'service-principal', clientId, clientSecret: { from: 'env', name: 'SECRET' } },
      loopback: { port: box.port, ca: box.caPem },
    };
    const resolve = async () => secret(clientSecret);
    const signal = new AbortController().signal;
    const connection = await azure.connect(config, {
      readOnly: false,
      ports: noPorts,
      env: {},
      resolve,
      signal,
      stopping: signal,
    });
    onTestFinished(async () => {
      await connection.close();
      await box.stop();
    });
    return benchOf(azure, connection);
  };

  /** Made, taken away, and made again where something of it was kept. */
  const life = async (allowed: readonly string[]) => {
    const bench = await connected({ actions: allowed, dataActions: [] });
    const apply = (wanted: readonly Resource[]) => () => applyAll(bench, wanted, { allowDataLoss: true });
    return live([apply(resources), apply([]), apply(resources)]);
  };

  test('these rights are enough for apply', async () => {
    expect(roleDefinition('lab', needed(azure, resources, 'apply'), subscription).AssignableScopes).toEqual([
      `/subscriptions/${subscription}`,
    ]);
    expect(await life(actions)).toEqual([]);
  }, 60_000);

  test.each(actions)(
    'without %s it fails, and says so',
    async (action) => {
      const [first = ''] = await life(actions.filter((one) => one !== action));
      // Who may not look at deleted vaults is told by the name when the vault is made.
      expect(first).toContain(action === 'Microsoft.KeyVault/deletedVaults/read' ? 'deleted' : action);
    },
    60_000,
  );

  test('a plan needs no more than it says', async () => {
    const rights = needed(azure, resources, 'plan');
    const of = (data: boolean) =>
      unique(rights.flatMap((right) => ((right.data === true) === data ? right.action : [])));
    const bench = await connected({ actions: unique([subscriptions, ...of(false)]), dataActions: of(true) });
    const made = await plan(bench, resources);
    expect(made.diagnostics).toEqual([]);
    expect(made.summary).toMatchObject({ create: resources.length });
    expect([...of(false), ...of(true)].filter((action) => !/\/read(Metadata\/action)?$/.test(action))).toEqual([]);
  });
});

describe('in AWS', () => {
  const resources = inCloud(aws, awsChain());
  const rights = needed(aws, resources, 'apply');
  const other: Value = fromSource({
    source: { from: 'env', name: 'OTHER' },
    onMissingSource: 'keep',
    onExternalChange: 'keep',
    at: 'lab.yaml:1:1',
  });

  /** What the manifest once said, so that changing it back takes every right. */
  const before = resources.map((one): Resource => {
    switch (one.kind) {
      case 'aws.secrets-manager-secret':
        return { ...one, spec: { value: other } };
      case 'aws.iam-oidc-provider':
        return { ...one, spec: { ...one.spec, audiences: ['lab'] } };
      case 'aws.iam-role':
      case 'aws.iam-policy':
        return {
          ...one,
          spec:
            inCloud(aws, awsChain({ account: 'eso/other', readable: 'team/db' })).find(
              ({ address }) => address === one.address,
            )?.spec ?? one.spec,
        };
      default:
        return one;
    }
  });

  const life = async (allowed: readonly Right[], { issuers = [] }: { issuers?: readonly string[] } = {}) => {
    const box = await startAwsSandbox({ seed: 'permissions', account });
    const iam = iamAt(box);
    for (const Url of issuers) await iam.createOpenIDConnectProvider({ Url, ClientIDList: ['others'] });
    const accessKey = await applierWith(box, allowed);
    const connection = await aws.connect(configOf(box), contextOf({ accessKey }));
    onTestFinished(async () => {
      await connection.close();
      await box.stop();
    });
    const bench = benchOf(aws, connection);
    const apply = (wanted: readonly Resource[]) => () => applyAll(bench, wanted, { allowDataLoss: true });
    return live([apply(before), apply(resources), apply([]), apply(resources)]);
  };

  test('these rights are enough for apply', async () => {
    expect(await life(rights)).toEqual([]);
  }, 60_000);

  test('and are where others have made providers in the account', async () => {
    expect(await life(rights, { issuers: ['https://token.actions.githubusercontent.com'] })).toEqual([]);
  }, 60_000);

  test.each(unique(rights.map(({ action }) => action)))(
    'without %s it fails, and says so',
    async (action) => {
      const [first = ''] = await life(rights.filter((right) => right.action !== action));
      expect(first).toContain(action);
    },
    60_000,
  );
});
