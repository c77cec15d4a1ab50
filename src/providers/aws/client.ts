import type { Cluster } from '@aws-sdk/client-eks';
import type { DescribeSecretResponse, SecretsManager, Tag } from '@aws-sdk/client-secrets-manager';
import type { Ports } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import { reveal, type Secret, secret } from '../../secrets/secret.ts';
import { describeSource, type LocalSource } from '../../secrets/source.ts';
import { isStandIn } from '../../secrets/stand-in.ts';
import type { AwsConfig } from './config.ts';
import { type IamCalls, iamCalls } from './iam/iam.ts';
import { type Identity, toIdentity } from './identity.ts';
import { presigned } from './presign.ts';
import { isNotFound, refusal } from './refusal.ts';
import { type AccessKey, openSdk } from './sdk.ts';
import type { Tags } from './tags.ts';
import { type Visitor, type VisitorLogin, visitorLogin } from './visitor-login.ts';

/** Where a secret is. */
export interface SecretPlace {
  readonly region: string;
  readonly name: string;
}

/** What DescribeSecret tells of a secret: everything but its values. */
export interface SecretState {
  /** '' if it has none. */
  readonly description: string;
  readonly tags: Tags;
  /** The version that holds AWSCURRENT; absent where there is no value yet. */
  readonly current?: string;
  /** Staging labels by version; versions without one are not listed. */
  readonly stages: Readonly<Record<string, readonly string[]>>;
  /** ISO time from which AWS may delete it for good; only where it is scheduled for deletion. */
  readonly deletion?: string;
}

/** A value, and the version id that it gets: a call that is sent twice makes one version. */
export interface NewVersion {
  readonly id: string;
  readonly value: Secret;
}

/** The calls that kinds make; every failure is a LabError. None is sent before the account is known to be the right one. */
export interface AwsClient {
  identity(): Promise<Identity>;
  /** undefined if it is not there. */
  describe(place: SecretPlace): Promise<SecretState | undefined>;
  /** The text of a version; undefined if it holds bytes. */
  value(place: SecretPlace, version: string): Promise<Secret | undefined>;
  create(place: SecretPlace, version: NewVersion, more: { description?: string; tags: Tags }): Promise<void>;
  /** A new version with this staging label; without one it becomes the current version. */
  put(place: SecretPlace, version: NewVersion, label?: string): Promise<void>;
  /** Moves AWSCURRENT to a version. REJECTED if `from` does not hold it: the precondition that PutSecretValue lacks. */
  makeCurrent(place: SecretPlace, version: string, from: string): Promise<void>;
  setDescription(place: SecretPlace, description: string): Promise<void>;
  tag(place: SecretPlace, tags: Tags): Promise<void>;
  untag(place: SecretPlace, names: readonly string[]): Promise<void>;
  scheduleDeletion(place: SecretPlace, days: number): Promise<void>;
  restore(place: SecretPlace): Promise<void>;
  readonly iam: IamCalls;
  /** undefined if it is not there. */
  cluster(region: string, name: string): Promise<Cluster | undefined>;
  /** A token for its API server: a signed question who lab is, which the server sends to AWS. Good for 15 minutes. */
  clusterToken(region: string, name: string): Promise<Secret>;
  /** Somebody else's login, to prove what a role may. */
  as(visitor: Visitor): VisitorLogin;
  /** The cluster, for tokens of its service accounts. */
  readonly ports: Ports;
  /** Ends what is only waited for. */
  readonly stopping: AbortSignal;
  /** Requests sent so far that may have changed something. */
  writes(): number;
  close(): void;
}

/** What createClient() needs. */
export interface ClientOptions {
  readonly config: AwsConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readOnly: boolean;
  readonly ports: Ports;
  readonly signal: AbortSignal;
  readonly stopping: AbortSignal;
  readonly resolve: (source: LocalSource) => Promise<Secret | undefined>;
}

/** The calls over the SDK, which is loaded when the first of them is made. */
export const createClient = (options: ClientOptions): AwsClient => {
  const { config, env, readOnly, signal, ports } = options;
  const own = config.credential.type === 'access-keys' ? { credentials: () => readAccessKey(options) } : {};
  const sdk = openSdk({ config, env, readOnly, ...own });
  const http = { abortSignal: signal };

  let known: Promise<Identity> | undefined;
  const ask = async (): Promise<Identity> => {
    try {
      return toIdentity(await (await sdk.sts()).getCallerIdentity({}, http), config);
    } catch (error) {
      throw refusal(error, { operation: 'GetCallerIdentity', region: config.region }, []);
    }
  };
  const identity = (): Promise<Identity> => (known ??= ask());

  const call = async <T>(
    operation: string,
    { region, name }: SecretPlace,
    send: (api: SecretsManager) => Promise<T>,
    sent: readonly Secret[] = [],
  ): Promise<T> => {
    refuseStandIns(sent, config.endpoints?.secretsManager);
    await identity();
    try {
      return await send(await sdk.secretsManager(region));
    } catch (error) {
      throw refusal(error, { operation, subject: name, region }, sent);
    }
  };

  const iam = iamCalls(async (operation, subject, send) => {
    await identity();
    try {
      return await send(await sdk.iam(), http);
    } catch (error) {
      throw refusal(error, { operation, subject, region: config.region, service: 'iam' }, []);
    }
  });

  return {
    identity,
    iam,
    cluster: async (region, name) => {
      await identity();
      try {
        return (await (await sdk.eks(region)).describeCluster({ name }, http)).cluster;
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw refusal(error, { operation: 'DescribeCluster', subject: name, region, service: 'eks' }, []);
      }
    },
    clusterToken: async (region, name) => {
      await identity();
      const host = config.endpoints?.sts ?? `https://sts.${region}.${domainOf(region)}`;
      const url = new URL(`${host}/?Action=GetCallerIdentity&Version=2011-06-15`);
      const question = { url, region, service: 'sts', headers: { 'x-k8s-aws-id': name }, seconds: 60, now: new Date() };
      const signed = presigned(question, await sdk.credentials());
      return secret(`k8s-aws-v1.${Buffer.from(signed).toString('base64url')}`);
    },
    stopping: options.stopping,
    as: (visitor) => visitorLogin(sdk, visitor, { config, env, signal }),
    ports,
    describe: (place) =>
      call('DescribeSecret', place, async (api) => {
        try {
          return toState(await api.describeSecret({ SecretId: place.name }, http));
        } catch (error) {
          if (isNotFound(error)) return undefined;
          throw error;
        }
      }),
    value: (place, version) =>
      call('GetSecretValue', place, async (api) => {
        const { SecretString } = await api.getSecretValue({ SecretId: place.name, VersionId: version }, http);
        return SecretString === undefined ? undefined : secret(SecretString);
      }),
    create: (place, { id, value }, { description, tags }) => {
      const send = async (api: SecretsManager) => {
        const content = { ClientRequestToken: id, SecretString: reveal(value), Tags: toTags(tags) };
        const said = description === undefined ? {} : { Description: description };
        await api.createSecret({ Name: place.name, ...content, ...said }, http);
      };
      return call('CreateSecret', place, send, [value]);
    },
    put: (place, { id, value }, label) => {
      const send = async (api: SecretsManager) => {
        const content = { SecretId: place.name, ClientRequestToken: id, SecretString: reveal(value) };
        await api.putSecretValue({ ...content, ...(label === undefined ? {} : { VersionStages: [label] }) }, http);
      };
      return call('PutSecretValue', place, send, [value]);
    },
    makeCurrent: (place, version, from) =>
      call('UpdateSecretVersionStage', place, async (api) => {
        const label = { VersionStage: 'AWSCURRENT', MoveToVersionId: version, RemoveFromVersionId: from };
        await api.updateSecretVersionStage({ SecretId: place.name, ...label }, http);
      }),
    setDescription: (place, description) =>
      call('UpdateSecret', place, async (api) => {
        await api.updateSecret({ SecretId: place.name, Description: description }, http);
      }),
    tag: (place, tags) =>
      call('TagResource', place, async (api) => {
        await api.tagResource({ SecretId: place.name, Tags: toTags(tags) }, http);
      }),
    untag: (place, names) =>
      call('UntagResource', place, async (api) => {
        await api.untagResource({ SecretId: place.name, TagKeys: [...names] }, http);
      }),
    scheduleDeletion: (place, days) =>
      call('DeleteSecret', place, async (api) => {
        await api.deleteSecret({ SecretId: place.name, RecoveryWindowInDays: days }, http);
      }),
    restore: (place) =>
      call('RestoreSecret', place, async (api) => {
        await api.restoreSecret({ SecretId: place.name }, http);
      }),
    writes: () => sdk.writes(),
    close: () => sdk.close(),
  };
};

const domainOf = (region: string): string => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com');

const readAccessKey = async ({ config, resolve }: ClientOptions): Promise<AccessKey> => {
  const { credential } = config;
  if (credential.type !== 'access-keys') throw new TypeError('an access key was asked for, and there is none');
  const read = async (source: LocalSource): Promise<string> => {
    const value = await resolve(source);
    if (value !== undefined) {
      refuseStandIns([value], config.endpoints?.sts);
      return reveal(value);
    }
    throw new LabError(
      'MISSING_SOURCE',
      `The login to AWS needs an access key, and ${describeSource(source)} has none`,
      {
        next: 'Put id and secret of the access key there, or name other sources in the connection.',
      },
    );
  };
  const [accessKeyId, secretAccessKey] = await Promise.all([read(credential.id), read(credential.secret)]);
  return { accessKeyId, secretAccessKey };
};

/** The sandbox's values are of use on loopback only. */
const refuseStandIns = (values: readonly Secret[], endpoint: string | undefined): void => {
  const isSandbox = endpoint !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(endpoint).hostname);
  if (isSandbox || !values.some(isStandIn)) return;
  throw new LabError('GUARD', 'A value of the sandbox is not sent to AWS', {
    next: 'Its plan or its state was made with --sandbox: run again from the manifest.',
  });
};

const toTags = (tags: Tags): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const toState = (answer: DescribeSecretResponse): SecretState => {
  const stages = answer.VersionIdsToStages ?? {};
  const current = Object.keys(stages).find((version) => stages[version]?.includes('AWSCURRENT'));
  const tags = (answer.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value] as const);
  return {
    description: answer.Description ?? '',
    tags: Object.fromEntries(tags),
    stages,
    ...(current === undefined ? {} : { current }),
    ...(answer.DeletedDate === undefined ? {} : { deletion: answer.DeletedDate.toISOString() }),
  };
};
