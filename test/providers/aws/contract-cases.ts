import type { Fields } from '../../../src/engine/value.ts';
import { aws } from '../../../src/providers/aws/index.ts';
import { fromSource } from '../../../src/secrets/source.ts';
import { describeKeeper, keeperOf } from '../../support/keeper-contract.ts';
import { describeKind } from '../../support/kind-contract.ts';
import { describeMailbox, mailboxOf } from '../../support/mailbox-contract.ts';
import { describeValue } from '../../support/value-contract.ts';
import { resource } from '../../support/world.ts';
import { type AwsServer, configOf, connectTo, contextOf, region, strangerAt, uniqueName } from './server.ts';

const fromEnv = (name: string) =>
  fromSource({ source: { from: 'env', name }, onMissingSource: 'keep', onExternalChange: 'keep', at: 'lab.yaml:1:1' });

const env = { FIRST: 'first-value-ÄÖ', SECOND: 'second-"value"', THIRD: 'third-value' };

/** A tag that lab knows nothing of. */
const tagged = (server: () => AwsServer, name: string) => ({
  add: async () => {
    await strangerAt(server()).tagResource({ SecretId: name, Tags: [{ Key: 'cost-center', Value: '42' }] });
  },
  isThere: async () => {
    const { Tags = [] } = await strangerAt(server()).describeSecret({ SecretId: name });
    return Tags.some(({ Key, Value }) => Key === 'cost-center' && Value === '42');
  },
});

/** The contract of aws.secrets-manager-secret, in both of its forms. */
export const describeContract = (server: () => AwsServer): void => {
  const at = (name: string, spec: Fields) =>
    resource(`aws.secrets-manager-secret/${region}/${encodeURIComponent(name)}`, spec);

  describeKind('aws.secrets-manager-secret with properties', async () => {
    const name = uniqueName('properties');
    const properties = { id: fromEnv('FIRST'), 'key "quoted" ü': fromEnv('SECOND') };
    const tags = { team: 'platform', 'cost group': 'a/b' };
    return {
      connect: async () => [await connectTo(server())],
      kinds: aws.kinds,
      example: [at(name, { properties, description: 'Keys of Crossplane', tags })],
      changed: at(name, {
        properties: { ...properties, 'key "quoted" ü': fromEnv('THIRD') },
        description: 'Keys of the team',
        tags: { ...tags, team: 'data' },
      }),
      changes: ['properties["key \\"quoted\\" ü"]', 'description', 'tags.team'],
      without: {
        resource: at(name, { properties: { id: fromEnv('FIRST') } }),
        field: 'properties["key \\"quoted\\" ü"]',
      },
      env,
      stranger: tagged(server, name),
    };
  });

  describeKind('aws.secrets-manager-secret with a value', async () => {
    const name = uniqueName('value');
    return {
      connect: async () => [await connectTo(server())],
      kinds: aws.kinds,
      example: [at(name, { value: fromEnv('FIRST'), description: 'A password' })],
      changed: at(name, { value: fromEnv('SECOND'), description: 'A password' }),
      changes: ['value'],
      without: { resource: at(name, { value: fromEnv('FIRST') }), field: 'description' },
      env,
      stranger: tagged(server, name),
    };
  });

  describeKeeper('Secrets Manager', async (readOnly) =>
    keeperOf(await aws.connect(configOf(server()), contextOf(server(), { readOnly })), region),
  );

  describeValue('a secret of Secrets Manager', () => ({
    kind: 'aws.secrets-manager-secret',
    connect: () => aws.connect(configOf(server()), contextOf(server(), { readOnly: true })),
    idOf: (name) => [region, name],
    put: async (name, properties) => {
      await strangerAt(server()).createSecret({ Name: name, SecretString: JSON.stringify(properties) });
    },
  }));

  describeMailbox('Secrets Manager', () => ({
    open: async (name) => mailboxOf(await aws.connect(configOf(server()), contextOf(server())), region, name),
    overwrite: async (name, value) => {
      const someone = strangerAt(server());
      const known = await someone.describeSecret({ SecretId: name }).catch(() => undefined);
      if (known === undefined) {
        await someone.createSecret({ Name: name, SecretString: value });
        return;
      }
      const versions = Object.entries(known.VersionIdsToStages ?? {});
      const [current] = versions.find(([, stages]) => stages.includes('AWSCURRENT')) ?? [];
      // Once a label was moved by hand, a plain put moves none in moto.
      const stored = { SecretId: name, SecretString: value, VersionStages: ['theirs'] };
      const { VersionId } = await someone.putSecretValue(stored);
      const moved = { SecretId: name, VersionStage: 'AWSCURRENT' };
      await someone.updateSecretVersionStage({
        ...moved,
        ...(VersionId === undefined ? {} : { MoveToVersionId: VersionId }),
        ...(current === undefined ? {} : { RemoveFromVersionId: current }),
      });
    },
  }));
};
