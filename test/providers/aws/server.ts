import { randomBytes } from 'node:crypto';
import { IAM } from '@aws-sdk/client-iam';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { ConnectContext, Connection } from '../../../src/engine/provider.ts';
import { type AwsClient, createClient } from '../../../src/providers/aws/client.ts';
import { checkConfig } from '../../../src/providers/aws/config.ts';
import { aws } from '../../../src/providers/aws/index.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { noPorts } from '../../support/no-ports.ts';

/** An AWS to test against: the sandbox or moto. */
export interface AwsServer {
  readonly url: string;
  readonly caPem: string;
  readonly account: string;
  readonly accessKey: { readonly id: string; readonly secret: string };
  stop(): Promise<void>;
}

/** A name that no other test of this run uses. */
export const uniqueName = (stem: string): string => `test/${stem}-${randomBytes(4).toString('hex')}`;

export const region = 'eu-west-1';

/** The connection's part of a manifest. */
export const configOf = ({ url, caPem }: Pick<AwsServer, 'url' | 'caPem'>, more: object = {}) => ({
  region,
  credential: { type: 'access-keys', id: { from: 'env', name: 'KEY_ID' }, secret: { from: 'env', name: 'KEY' } },
  endpoints: { secretsManager: url, sts: url, iam: url, eks: url },
  ca: caPem,
  ...more,
});

/** What connect() gets, with the server's access key unless `env` says otherwise. */
export const contextOf = (
  { accessKey }: Pick<AwsServer, 'accessKey'>,
  { env = {}, readOnly = false }: { env?: Readonly<Record<string, string>>; readOnly?: boolean } = {},
): ConnectContext => {
  const all: Record<string, string> = { KEY_ID: accessKey.id, KEY: accessKey.secret, ...env };
  return {
    readOnly,
    ports: noPorts,
    env: all,
    resolve: async (source) => {
      const value = source.from === 'env' ? all[source.name] : undefined;
      return value === undefined ? undefined : secret(value);
    },
    signal: new AbortController().signal,
    stopping: new AbortController().signal,
  };
};

/** Connects as apply does. */
export const connectTo = (server: AwsServer): Promise<Connection> => aws.connect(configOf(server), contextOf(server));

/** The provider's own client, for tests below the engine. */
export const clientOf = (server: AwsServer): AwsClient => {
  const context = contextOf(server);
  return createClient({ ...context, config: checkConfig(configOf(server), context.env) });
};

const settingsOf = ({ url, caPem, accessKey }: AwsServer, at = region) => ({
  region: at,
  endpoint: url,
  credentials: { accessKeyId: accessKey.id, secretAccessKey: accessKey.secret },
  requestHandler: { httpsAgent: { ca: caPem } },
});

/** Somebody else at the API of Secrets Manager. */
export const strangerAt = (server: AwsServer, at = region): SecretsManager =>
  new SecretsManager(settingsOf(server, at));

/** Somebody else at the API of IAM. */
export const iamAt = (server: AwsServer): IAM => new IAM(settingsOf(server));
