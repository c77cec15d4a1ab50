import { describe, expect, onTestFinished, test } from 'vitest';
import type { Mailbox } from '../../src/engine/ports.ts';
import type { Connection } from '../../src/engine/provider.ts';
import type { Right } from '../../src/engine/resource.ts';
import { rightsOf } from '../../src/engine/rights.ts';
import { LabError } from '../../src/errors.ts';
import { aws } from '../../src/providers/aws/index.ts';
import { azure } from '../../src/providers/azure/index.ts';
import { kindsOf, providers } from '../../src/providers/index.ts';
import { startAwsSandbox } from '../../src/sandbox/aws/start.ts';
import { startAzureSandbox } from '../../src/sandbox/azure/start.ts';
import { secret } from '../../src/secrets/secret.ts';
import { configOf, contextOf } from '../providers/aws/server.ts';
import { noPorts } from '../support/no-ports.ts';
import { resource } from '../support/world.ts';
import { applierWith } from './applier.ts';
import { account, subscription, tenant } from './bench.ts';

// What `lab permissions` has for the delivery of a SecretID into a cloud is enough for all that a delivery does there; each
// right that is missing is named by the failure.

const needed = (provider: 'azure' | 'aws', ...place: readonly string[]): readonly Right[] => {
  const delivery = resource(['vault.approle-secret-id/approle/ci', provider, ...place].join('/'), {});
  return rightsOf([delivery], kindsOf(providers), 'apply').flatMap((one) =>
    one.provider === provider ? one.right : [],
  );
};

/** Delivered, renewed, proven, ended, and delivered once more over what is kept of it; or why not. */
const life = async (connection: Connection, place: string): Promise<string> => {
  const box = connection.offers.mailbox?.(place, 'ci-approle');
  if (box === undefined) throw new Error('no mailbox');
  const put = (id: string) => box.put(secret(`the value ${id}`), { id, mark: 'a/b/c' });
  const steps: readonly ((mailbox: Mailbox) => Promise<unknown>)[] = [
    (mailbox) => mailbox.where(),
    (mailbox) => mailbox.look(),
    () => put('one.0'),
    () => put('two.0'),
    (mailbox) => mailbox.value(),
    (mailbox) => mailbox.remove(),
    () => put('three.0'),
  ];
  for (const step of steps) {
    try {
      await step(box);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      return error.message;
    }
  }
  return 'done';
};
const unique = (rights: readonly Right[]): string[] => [...new Set(rights.map(({ action }) => action))].toSorted();

describe('into a key vault', () => {
  const actions = unique(needed('azure', 'demo-kv', 'ci-approle'));

  const livesWith = async (dataActions: readonly string[]): Promise<string> => {
    const [clientId, clientSecret] = ['0f000000-0000-0000-0000-000000000009', 'of-the-applier'];
    const mayDo = { actions: [], dataActions };
    const existing = {
      groups: ['lab'],
      vaults: [{ group: 'lab', name: 'demo-kv' }],
      identities: [],
      issuer: 'https://nobody.example',
      roles: [],
    };
    const principal = (id: string) =>
      id === clientId ? { clientId, clientSecret, subscriptionRole: mayDo } : undefined;
    const box = await startAzureSandbox({ tenant, subscription, vaults: [], existing, principal });
    const config = {
      tenant,
      vaults: ['demo-kv'],
      credential: { type: 'service-principal', clientId, clientSecret: { from: 'env', name: 'SECRET' } },
      loopback: { port: box.port, ca: box.caPem },
    };
    const resolve = async () => secret(clientSecret);
    const { signal } = new AbortController();
    const context = { readOnly: false, ports: noPorts, env: {}, resolve, signal, stopping: signal };
    const connection = await azure.connect(config, context);
    onTestFinished(async () => {
      await connection.close();
      await box.stop();
    });
    return life(connection, 'demo-kv');
  };

  test('the rights are enough', async () => {
    expect(await livesWith(actions)).toBe('done');
  });

  test.each(actions)('without %s it fails, and says so', async (action) => {
    expect(await livesWith(actions.filter((one) => one !== action))).toContain(action);
  });
});

describe('into Secrets Manager', () => {
  const rights = needed('aws', 'eu-west-1', 'ci-approle');

  const livesWith = async (allowed: readonly Right[]): Promise<string> => {
    const box = await startAwsSandbox({ seed: 'delivery', account });
    const accessKey = await applierWith(box, allowed);
    const connection = await aws.connect(configOf(box), contextOf({ accessKey }));
    onTestFinished(async () => {
      await connection.close();
      await box.stop();
    });
    return life(connection, 'eu-west-1');
  };

  test('the rights are enough', async () => {
    expect(await livesWith(rights)).toBe('done');
  });

  test.each(unique(rights))('without %s it fails, and says so', async (action) => {
    const result = await livesWith(rights.filter((right) => right.action !== action));
    expect(result).toContain(action.replace('secretsmanager:', ''));
  });
});
