import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { provide } from './binaries/provide.ts';
import type { ControlPlane } from './control-plane.ts';
import { chosenRelease } from './external-secrets-release.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { grantOperator } from './operator-access.ts';
import { freePorts } from './ports.ts';
import { type Lifetime, startProcess } from './processes.ts';
import { answers } from './wait.ts';

/** `environment` is the operator's own, for example endpoints or a proxy that lead it to test clouds. */
export type ExternalSecretsOptions = {
  controlPlane: Pick<ControlPlane, 'url' | 'caFile' | 'call'>;
  dir: string;
  lifetime?: Lifetime;
  environment?: Readonly<Record<string, string>>;
};

/** A running operator. */
export type ExternalSecrets = { stop: () => Promise<void> };

/** Starts the External Secrets Operator with the rights that its chart gives it; its definitions must be installed already. */
export async function startExternalSecrets(options: ExternalSecretsOptions): Promise<ExternalSecrets> {
  const { controlPlane, dir, lifetime = 'parent', environment } = options;
  const release = chosenRelease();
  const [port = 0] = await freePorts(1);
  const { flags, path } = release.alive(port);
  const kubeconfig = join(dir, 'operator.kubeconfig');
  await mkdir(dir, { recursive: true });
  const { url, caFile } = controlPlane;
  await writeKubeconfig(kubeconfig, { url, caFile, user: { token: await grantOperator(controlPlane) } });
  const { stop } = await startProcess({
    name: 'external-secrets',
    dir,
    lifetime,
    command: (await provide(release.program)).path,
    args: [...flags, '--enable-leader-election=false', '--concurrent=4', '--store-requeue-interval=10s'],
    // It has no flag for a kubeconfig.
    environment: { ...environment, KUBECONFIG: kubeconfig },
    ready: () => answers(`http://127.0.0.1:${port}${path}`, 200),
  });
  return { stop };
}
