import { readFile } from 'node:fs/promises';
import type { EKS } from '@aws-sdk/client-eks';
import type { IAM } from '@aws-sdk/client-iam';
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { STS } from '@aws-sdk/client-sts';
import { LabError } from '../../errors.ts';
import type { AwsConfig } from './config.ts';

/** An access key as the SDK wants it: the only place where it is plain text. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of a session. */
  readonly sessionToken?: string;
}

/** What openSdk() needs. */
export interface SdkOptions {
  readonly config: AwsConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readOnly: boolean;
  /** What it signs with; without it, what the SDK finds on this machine. */
  readonly credentials?: () => Promise<AccessKey>;
}

/** The SDK's clients, one a region, and what went through them. */
export interface Sdk {
  sts(): Promise<STS>;
  secretsManager(region: string): Promise<SecretsManager>;
  /** It has one address for all regions of a partition. */
  iam(): Promise<IAM>;
  eks(region: string): Promise<EKS>;
  /** What is signed with now. */
  credentials(): Promise<AccessKey>;
  /** Commands sent so far that may have changed something. */
  writes(): number;
  close(): void;
}

// Commands that change nothing. Who may only read does not read values either.
const iamReads = [
  'GetOpenIDConnectProvider',
  'ListOpenIDConnectProviders',
  'GetRole',
  'ListAttachedRolePolicies',
  'ListRolePolicies',
  'GetPolicy',
  'GetPolicyVersion',
  'ListPolicyVersions',
  'ListEntitiesForPolicy',
  'GetUser',
  'ListAccessKeys',
  'ListAttachedUserPolicies',
].map((operation) => `${operation}Command`);
const readOnlyCommands = new Set([
  'GetCallerIdentityCommand',
  'DescribeSecretCommand',
  'GetSecretValueCommand',
  'DescribeClusterCommand',
  ...iamReads,
]);
const reads = new Set([...readOnlyCommands, 'AssumeRoleWithWebIdentityCommand']);

/** Opens the SDK; each client is loaded and made when it is first asked for. */
export const openSdk = (options: SdkOptions): Sdk => {
  const { config, env, readOnly } = options;
  let writes = 0;
  const guard = (command: string): void => {
    if (readOnly && !readOnlyCommands.has(command)) {
      throw new LabError('GUARD', `${command.replace(/Command$/, '')} was refused: plan and drift never write to AWS`);
    }
    if (!reads.has(command)) writes += 1;
  };

  const watched =
    <Args, Output>(next: (args: Args) => Promise<Output>, context: { readonly commandName?: string }) =>
    async (args: Args): Promise<Output> => {
      guard(context.commandName ?? '');
      return next(args);
    };
  const opened: { destroy(): void }[] = [];

  const shared = once(async () => ({ ...(await settings(config, env)), credentials: await credentialsOf(options) }));
  const sts = once(async () => {
    const [{ STS: Client }, given] = await Promise.all([import('@aws-sdk/client-sts'), shared()]);
    const client = new Client({ ...given, ...endpointOf(config.endpoints?.sts, env), region: config.region });
    client.middlewareStack.add(watched, { step: 'initialize', name: 'labGuard' });
    opened.push(client);
    return client;
  });
  const iam = once(async () => {
    const [{ IAM: Client }, given] = await Promise.all([import('@aws-sdk/client-iam'), shared()]);
    const client = new Client({ ...given, ...endpointOf(config.endpoints?.iam, env), region: config.region });
    client.middlewareStack.add(watched, { step: 'initialize', name: 'labGuard' });
    opened.push(client);
    return client;
  });
  const openRegion = async (region: string): Promise<SecretsManager> => {
    const [{ SecretsManager: Client }, given] = await Promise.all([
      import('@aws-sdk/client-secrets-manager'),
      shared(),
    ]);
    const client = new Client({ ...given, ...endpointOf(config.endpoints?.secretsManager, env), region });
    client.middlewareStack.add(watched, { step: 'initialize', name: 'labGuard' });
    opened.push(client);
    return client;
  };
  const regions = new Map<string, Promise<SecretsManager>>();
  const secretsManager = (region: string): Promise<SecretsManager> => {
    const client = regions.get(region) ?? openRegion(region);
    regions.set(region, client);
    return client;
  };
  const eks = async (region: string): Promise<EKS> => {
    const [{ EKS: Client }, given] = await Promise.all([import('@aws-sdk/client-eks'), shared()]);
    const client = new Client({ ...given, ...endpointOf(config.endpoints?.eks, env), region });
    client.middlewareStack.add(watched, { step: 'initialize', name: 'labGuard' });
    opened.push(client);
    return client;
  };
  const credentials = async (): Promise<AccessKey> => {
    const { credentials: given } = await shared();
    return typeof given === 'function' ? given() : given;
  };
  return {
    sts,
    iam,
    secretsManager,
    eks,
    credentials,
    writes: () => writes,
    close: () => opened.forEach((client) => client.destroy()),
  };
};

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};

/**
 * Everything is said outright that the SDK would otherwise take from the environment and from files below ~/.aws. Its
 * tries are the one retry budget of a call: every call of lab may be sent twice.
 */
const settings = async (config: AwsConfig, env: SdkOptions['env']) => {
  const ca = config.ca ?? (await readCa(env.AWS_CA_BUNDLE));
  return {
    maxAttempts: 5,
    retryMode: 'standard',
    defaultsMode: 'standard' as const,
    userAgentAppId: '',
    customUserAgent: 'k8s-lab',
    authSchemePreference: new Array<string>(),
    useDualstackEndpoint: false,
    disableClockSkewCorrection: false,
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 30_000,
      // The SDK would only warn.
      throwOnRequestTimeout: true,
      // rejectUnauthorized is said outright, so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off.
      httpsAgent: {
        keepAlive: true,
        maxSockets: 32,
        rejectUnauthorized: true,
        ...(ca === undefined ? {} : { ca }),
      },
    },
  };
};

const endpointOf = (endpoint: string | undefined, env: SdkOptions['env']) =>
  endpoint === undefined
    ? { ignoreConfiguredEndpointUrls: true, useFipsEndpoint: env.AWS_USE_FIPS_ENDPOINT === 'true' }
    : { endpoint, useFipsEndpoint: false };

const credentialsOf = async ({ config: { credential }, env, credentials }: SdkOptions) => {
  if (credentials !== undefined) return credentials();
  const profile = (credential.type === 'ambient' ? credential.profile : undefined) ?? env.AWS_PROFILE;
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  return fromNodeProviderChain(profile === undefined || profile === '' ? {} : { profile });
};

const readCa = async (file: string | undefined): Promise<string | undefined> => {
  if (file === undefined || file === '') return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new LabError('MISSING_SOURCE', `AWS_CA_BUNDLE names ${file}, which cannot be read`, {
      next: 'Correct AWS_CA_BUNDLE, or unset it to use the certificate authorities of the system.',
    });
  }
};
