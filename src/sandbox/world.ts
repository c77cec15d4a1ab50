import type { Objects } from './kubernetes/in-process.ts';
import type { VaultSandbox } from './vault/start.ts';

/** A Secret of the cluster. */
export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

/** Plays those who deploy Vault: once all Secrets that it needs are there, it starts: initialised and unsealed, or with empty storage. Answers how to stop. */
export const playDeployment = (
  objects: Objects,
  vault: VaultSandbox,
  deployment: { readonly needs: readonly SecretName[]; readonly startsAfterMs: number; readonly empty: boolean },
): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const ready = deployment.needs.every((name) => objects.get({ group: '', kind: 'Secret', ...name }) !== undefined);
    if (!ready || timer !== undefined || vault.state() !== 'absent') return;
    timer = setTimeout(() => void vault.enter(deployment.empty ? 'uninitialised' : 'active'), deployment.startsAfterMs);
  };
  const unwatch = objects.onChange(look);
  look();
  return () => {
    unwatch();
    clearTimeout(timer);
  };
};
