import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Ports } from '../../src/engine/ports.ts';
import type { ConnectContext, Connection, Provider } from '../../src/engine/provider.ts';
import type { Resource } from '../../src/engine/resource.ts';
import { verify } from '../../src/engine/verify.ts';
import { aws } from '../../src/providers/aws/index.ts';
import { azure } from '../../src/providers/azure/index.ts';
import { externalSecrets } from '../../src/providers/external-secrets/index.ts';
import { kubernetes } from '../../src/providers/kubernetes/index.ts';
import type { QuirkOptions as AwsQuirks } from '../../src/sandbox/aws/quirks.ts';
import type { QuirkOptions } from '../../src/sandbox/azure/quirks.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/session.ts';
import { secret } from '../../src/secrets/secret.ts';
import { fromSource } from '../../src/secrets/source.ts';
import { memoryStore } from '../support/memory-store.ts';
import { noPorts } from '../support/no-ports.ts';
import { applyAll, type Bench, deskFrom, plan, planOptions, worldOf } from '../support/world.ts';

export const tenant = '7c1e0000-0000-0000-0000-000000000001';
export const subscription = '7c1e0000-0000-0000-0000-000000000002';
export const account = '210987654321';
export const issuer = 'https://kubernetes.default.svc';

/** A value as the manifest has it. */
export const value = fromSource({
  source: { from: 'env', name: 'VALUE' },
  onMissingSource: 'keep',
  onExternalChange: 'keep',
  at: 'lab.yaml:1:1',
});

/** A cluster with External Secrets and both clouds, all of the sandbox, and lab at work in them. */
export interface Stage {
  readonly sandbox: Sandbox;
  apply(resources: readonly Resource[]): ReturnType<typeof applyAll>;
  plan(resources: readonly Resource[]): ReturnType<typeof plan>;
  /** One more connection, with another config. */
  connectTo(provider: 'azure' | 'aws', config: object): Promise<Connection>;
  /** What failed, as `ADDRESS: CHECK: expected …, found …`; nothing if all is proven. */
  failures(resources: readonly Resource[]): Promise<string[]>;
}

export const setStage = async (quirks: QuirkOptions = {}, inAws: AwsQuirks = {}): Promise<Stage> => {
  const folder = await mkdtemp(join(tmpdir(), 'lab-chain-'));
  const sandbox = await startSandbox({
    folder: join(folder, 'systems'),
    seed: 'chain',
    context: 'sandbox',
    azure: { tenant, subscription, vaults: [], quirks },
    aws: { account, quirks: inAws },
  });
  const { connections, connectTo } = await connectAll(sandbox);
  onTestFinished(async () => {
    for (const connection of connections) await connection.close();
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const bench: Bench = {
    kinds: [kubernetes, externalSecrets, azure, aws].flatMap(({ kinds }) => kinds),
    connections,
    store: memoryStore(),
    desk: deskFrom({ VALUE: 'the-value' }, async (read) => secret(read)),
  };
  return {
    sandbox,
    apply: (resources) => applyAll(bench, resources),
    plan: (resources) => plan(bench, resources),
    connectTo,
    failures: async (resources) => {
      const report = await verify(await worldOf(bench, resources), planOptions, () => undefined);
      const unchecked = report.unchecked.map(({ address, because }) => `${address} not checked: ${because}`);
      const failed = report.verified.flatMap(({ address, probes }) =>
        probes.flatMap((probe) => {
          if (probe.is === 'proven') return [];
          const { check } = probe;
          return probe.is === 'untried'
            ? `${address}: ${check}: not tried, ${probe.because}`
            : `${address}: ${check}: expected ${probe.expected}, found ${probe.found}`;
        }),
      );
      return [...unchecked, ...failed];
    },
  };
};

const connectAll = async ({ azure: box, aws: account1, kubeconfig }: Sandbox) => {
  if (box === undefined || account1 === undefined) throw new Error('the sandbox has both clouds');
  const values: Readonly<Record<string, string>> = {
    AZURE: box.operator.clientSecret,
    AWS_ID: account1.accessKey.id,
    AWS_KEY: account1.accessKey.secret,
  };
  let cluster: Connection | undefined;
  const offered = <Port extends keyof Ports>(port: Port) => {
    const offer = cluster?.offers[port];
    if (offer === undefined) throw new Error(`the cluster offers no ${port}`);
    return offer;
  };
  const context: ConnectContext = {
    readOnly: false,
    ports: { ...noPorts, objects: async () => offered('objects'), tokens: async () => offered('tokens') },
    env: {},
    resolve: async (source) => {
      const found = source.from === 'env' ? values[source.name] : undefined;
      return found === undefined ? undefined : secret(found);
    },
    signal: new AbortController().signal,
    stopping: new AbortController().signal,
  };
  const env = (name: string) => ({ from: 'env', name });
  const configs: readonly (readonly [Provider, object])[] = [
    [kubernetes, { context: 'sandbox', kubeconfig }],
    [externalSecrets, { mode: 'expected', namespace: 'external-secrets' }],
    [
      azure,
      {
        tenant,
        subscription,
        entered: [{ group: 'lab', vault: 'chain-kv' }],
        credential: { type: 'service-principal', clientId: box.operator.clientId, clientSecret: env('AZURE') },
        loopback: { port: box.port, ca: box.caPem },
      },
    ],
    [
      aws,
      {
        region: 'eu-west-1',
        account,
        credential: { type: 'access-keys', id: env('AWS_ID'), secret: env('AWS_KEY') },
        endpoints: { secretsManager: account1.url, sts: account1.url, iam: account1.url },
        ca: account1.caPem,
      },
    ],
  ];
  const connections: Connection[] = [];
  for (const [provider, config] of configs) {
    const connection = await provider.connect(config, context);
    if (provider === kubernetes) cluster = connection;
    connections.push(connection);
  }
  const connectTo: Stage['connectTo'] = async (name, more) => {
    const [provider, config] = configs.find(([candidate]) => candidate.name === name) ?? [];
    if (provider === undefined) throw new Error(`nothing connects to ${name}`);
    const connection = await provider.connect({ ...config, ...more }, context);
    onTestFinished(() => connection.close());
    return connection;
  };
  return { connections, connectTo };
};
