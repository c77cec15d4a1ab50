import { createHmac } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EksCluster } from './aws/eks.ts';
import type { QuirkOptions as AwsQuirks } from './aws/quirks.ts';
import { type AwsSandbox, startAwsSandbox } from './aws/start.ts';
import type { ExistingInAzure } from './azure/existing.ts';
import type { Principal } from './azure/principal.ts';
import type { QuirkOptions } from './azure/quirks.ts';
import { type AzureSandbox, startAzureSandbox } from './azure/start.ts';
import { cloudReaders } from './external-secrets/readers/clouds.ts';
import { startExternalSecretsSandbox } from './external-secrets/start.ts';
import { clusterKeys } from './issuer-keys.ts';
import { issuer as clusterIssuer } from './kubernetes/access/tokens.ts';
import type { PodPorts } from './kubernetes/serving/handle.ts';
import { type SandboxKubernetes, startKubernetes } from './kubernetes/start.ts';
import type { KeysOf } from './signed-token.ts';
import { reviewToken } from './vault/kubernetes-auth/review-token.ts';
import { startVaultSandbox, type VaultSandbox } from './vault/start.ts';
import { isVaultPod, playDeployment, type SecretName, type ServiceName } from './world.ts';

/** Which systems a sandbox plays, and how. */
export interface SandboxOptions {
  /** Where its content lasts: `.lab/sandbox/NAME/ENVIRONMENT/systems`. */
  readonly folder: string;
  /** Credentials and stand-ins are derived from it. */
  readonly seed: string;
  /** The context that its kubeconfig names: the one that the manifest asks for. */
  readonly context: string;
  /** Absent: there is no Vault. */
  readonly vault?: {
    /** The Secrets without which it cannot start: it is absent until they are there. */
    readonly needs: readonly SecretName[];
    /** Milliseconds from the last of these Secrets to a Vault in service. */
    readonly startsAfterMs: number;
    /** It comes with empty storage, for somebody to initialise. */
    readonly empty: boolean;
    /** The Service of the cluster that it is behind, where it is reached by that. */
    readonly service?: ServiceName;
  };
  /** Absent: there is no Azure. */
  readonly azure?: {
    readonly tenant: string;
    readonly subscription?: string;
    /** Those that are there before lab makes any. */
    readonly vaults: readonly string[];
    /** What is in the subscription before lab comes. */
    readonly existing?: ExistingInAzure;
    /** `group/name`: the cluster is this one of AKS. */
    readonly cluster?: string;
    readonly quirks?: QuirkOptions;
  };
  /** Absent: there is no AWS. */
  readonly aws?: {
    readonly account?: string;
    readonly quirks?: AwsQuirks;
    /** The cluster is the one of EKS with this name. */
    readonly cluster?: string;
  };
}

/** A running sandbox: loopback servers that stand for the real systems. */
export interface Sandbox {
  readonly kubernetes: SandboxKubernetes;
  readonly kubeconfig: string;
  readonly vault: VaultSandbox | undefined;
  /** With the one application that may do everything there: lab's own. */
  readonly azure: (AzureSandbox & { readonly operator: Principal }) | undefined;
  readonly aws: AwsSandbox | undefined;
  /** Ends all servers and saves what they hold. */
  stop(): Promise<void>;
}

/** Starts every system with the content that it had when it stopped. */
export const startSandbox = async (options: SandboxOptions): Promise<Sandbox> => {
  const { folder, seed } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const clouds: { azure?: AzureSandbox; aws?: AwsSandbox } = {};
  const guest = (token: string) => clouds.azure?.clusterUser(token) ?? clouds.aws?.clusterUser(token);
  const started: { vault?: VaultSandbox } = {};
  const podPorts: PodPorts = (pod) => (isVaultPod(options.vault?.service, pod) ? portOf(started.vault) : undefined);
  const kubernetes = await startKubernetes({ file: join(folder, 'kubernetes.json'), guest, podPorts });
  const kubeconfig = join(folder, 'kubeconfig');
  await kubernetes.kubeconfig(kubeconfig, options.context);
  const vault = options.vault === undefined ? undefined : await startVault(folder, seed, kubernetes);
  const keysOf = (issuer: string) => clusterKeys(kubernetes, issuer);
  const self = { endpoint: kubernetes.url, caPem: kubernetes.caPem, issuer: clusterIssuer };
  const azure = options.azure && (await startAzure(folder, seed, keysOf, self, options.azure));
  const aws = options.aws && (await startAws(folder, seed, keysOf, self, options.aws));
  Object.assign(started, { vault });
  Object.assign(clouds, { azure, aws });
  const operator = startExternalSecretsSandbox({
    kubernetes,
    vaultAddress: () => vault?.address,
    readers: cloudReaders({
      ...(azure === undefined ? {} : { azure }),
      ...(aws === undefined
        ? {}
        : {
            aws: {
              ...aws,
              readSecret: (region, name, id) => aws.readSecret(region, name, id === '' ? undefined : { id }),
            },
          }),
    }),
  });
  const stopPlaying =
    vault === undefined || options.vault === undefined
      ? () => undefined
      : playDeployment(kubernetes.objects, vault, options.vault);
  return {
    kubernetes,
    kubeconfig,
    vault,
    azure,
    aws,
    stop: async () => {
      stopPlaying();
      await operator.stop();
      await Promise.all([vault?.stop(), azure?.stop(), aws?.stop()]);
      await kubernetes.stop();
    },
  };
};

const portOf = (vault: VaultSandbox | undefined): number | undefined =>
  vault === undefined ? undefined : Number(new URL(vault.address).port);

// Whatever address of the cluster the manifest gives Vault, it is this cluster that reviews. Its pod may ask.
const startVault = (folder: string, seed: string, { url, caPem, token }: SandboxKubernetes): Promise<VaultSandbox> =>
  startVaultSandbox({
    seed,
    file: join(folder, 'vault.json'),
    podToken: token,
    reviewToken: (review) => reviewToken({ ...review, host: url, ca: caPem }),
  });

// Key Vault Secrets Officer and User.
const officerRole = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7';
const userRole = '4633458b-17de-408a-b874-0445c86b69e6';

const startAws = (
  folder: string,
  seed: string,
  keysOf: KeysOf,
  self: EksCluster,
  { account, cluster, quirks }: NonNullable<SandboxOptions['aws']>,
): Promise<AwsSandbox> =>
  startAwsSandbox({
    seed,
    file: join(folder, 'aws.json'),
    keysOf,
    ...(account === undefined ? {} : { account }),
    ...(quirks === undefined ? {} : { quirks }),
    ...(cluster === undefined ? {} : { clusters: { [cluster]: self } }),
  });

const startAzure = async (
  folder: string,
  seed: string,
  keysOf: KeysOf,
  self: EksCluster,
  { tenant, vaults, existing, cluster, ...more }: NonNullable<SandboxOptions['azure']>,
) => {
  const derived = (what: string): string => createHmac('sha256', seed).update(what).digest('hex');
  const application = (name: string): Principal => ({
    clientId: derived(`azure application ${name}`).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
    clientSecret: derived(`azure secret ${name}`),
  });
  const operator = application('lab');
  const reader = {
    ...application('external-secrets'),
    roles: Object.fromEntries(vaults.map((vault) => [vault, 'Secrets User' as const])),
    subscriptionRole: 'none' as const,
  };
  const principals = [operator, reader];
  const azure = await startAzureSandbox({
    tenant,
    vaults,
    file: join(folder, 'azure.json'),
    principal: (clientId) => principals.find((one) => one.clientId === clientId),
    keysOf,
    ...(cluster === undefined ? {} : { clusters: { [cluster.toLowerCase()]: self } }),
    ...(existing === undefined
      ? {}
      : {
          existing: {
            ...existing,
            issuer: clusterIssuer,
            roles: [
              { principal: operator, roleId: officerRole },
              { principal: reader, roleId: userRole },
            ],
          },
        }),
    ...more,
  });
  const { clientId, clientSecret } = reader;
  return { ...azure, operator, reader: { tenant, clientId, clientSecret } };
};
