import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreProviders } from './external-secrets/readers/reader.ts';
import { startExternalSecretsSandbox } from './external-secrets/start.ts';
import { type SandboxKubernetes, startKubernetes } from './kubernetes/start.ts';
import { reviewToken } from './vault/kubernetes-auth/review-token.ts';
import { startVaultSandbox, type VaultSandbox } from './vault/start.ts';
import { playDeployment, type SecretName } from './world.ts';

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
  };
  /** Stores of External Secrets beside kubernetes, vault and fake. */
  readonly readers?: StoreProviders;
}

/** A running sandbox: loopback servers that stand for the real systems. */
export interface Sandbox {
  readonly kubernetes: SandboxKubernetes;
  readonly kubeconfig: string;
  readonly vault: VaultSandbox | undefined;
  /** Ends all servers and saves what they hold. */
  stop(): Promise<void>;
}

/** Starts every system with the content that it had when it stopped. */
export const startSandbox = async (options: SandboxOptions): Promise<Sandbox> => {
  const { folder, seed } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const kubernetes = await startKubernetes({ file: join(folder, 'kubernetes.json') });
  const kubeconfig = join(folder, 'kubeconfig');
  await kubernetes.kubeconfig(kubeconfig, options.context);
  const vault = options.vault === undefined ? undefined : await startVault(folder, seed, kubernetes);
  const operator = startExternalSecretsSandbox({
    kubernetes,
    vaultAddress: () => vault?.address,
    ...(options.readers === undefined ? {} : { readers: options.readers }),
  });
  const stopPlaying =
    vault === undefined || options.vault === undefined
      ? () => undefined
      : playDeployment(kubernetes.objects, vault, options.vault);
  return {
    kubernetes,
    kubeconfig,
    vault,
    stop: async () => {
      stopPlaying();
      await operator.stop();
      await vault?.stop();
      await kubernetes.stop();
    },
  };
};

// Whatever address of the cluster the manifest gives Vault, it is this cluster that reviews; where Vault's own pod
// would ask, its service account's rights are taken for granted.
const startVault = (folder: string, seed: string, kubernetes: SandboxKubernetes): Promise<VaultSandbox> =>
  startVaultSandbox({
    seed,
    file: join(folder, 'vault.json'),
    reviewToken: (review) =>
      reviewToken({
        ...review,
        host: kubernetes.url,
        ca: kubernetes.caPem,
        bearer: review.bearer === '' ? kubernetes.token : review.bearer,
      }),
  });
