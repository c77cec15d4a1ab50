import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '../../src/sandbox/certificates/authority.ts';
import { provide } from './binaries/provide.ts';
import type { ControlPlane } from './control-plane.ts';
import type { ExternalSecrets } from './external-secrets.ts';
import { chosenRelease } from './external-secrets-release.ts';
import { freePorts } from './ports.ts';
import { startProcess } from './processes.ts';
import { answers } from './wait.ts';

const kinds = ['secretstore', 'clustersecretstore', 'externalsecret'];

/** Starts the operator's validating webhook and lets the API server ask it, as its chart does; a webhook that does not answer refuses. */
export async function startExternalSecretsWebhook(options: {
  controlPlane: Pick<ControlPlane, 'kubeconfig' | 'call'>;
  dir: string;
}): Promise<ExternalSecrets> {
  const { controlPlane, dir } = options;
  const [port = 0, health = 0] = await freePorts(2);
  const certificates = join(dir, 'certificates');
  const authority = createAuthority('lab-test webhook');
  const pair = authority.issue({ commonName: 'webhook', use: { kind: 'server', names: ['localhost'] } });
  await mkdir(certificates, { recursive: true });
  await Promise.all([
    writeFile(join(certificates, 'ca.crt'), authority.certificate),
    writeFile(join(certificates, 'tls.crt'), pair.certificate),
    writeFile(join(certificates, 'tls.key'), pair.key, { mode: 0o600 }),
  ]);
  const { stop } = await startProcess({
    name: 'external-secrets-webhook',
    dir,
    lifetime: 'parent',
    command: (await provide(chosenRelease().program)).path,
    args: [
      'webhook',
      `--port=${port}`,
      '--dns-name=localhost',
      `--cert-dir=${certificates}`,
      `--healthz-addr=127.0.0.1:${health}`,
      '--metrics-addr=0',
    ],
    environment: { KUBECONFIG: controlPlane.kubeconfig },
    ready: () => answers(`http://127.0.0.1:${health}/readyz`, 200),
  });
  await register(controlPlane, port, authority.certificate);
  return { stop };
}

const register = async ({ call }: Pick<ControlPlane, 'call'>, port: number, authority: string): Promise<void> => {
  const webhooks = kinds.map((kind) => ({
    name: `validate.${kind}.external-secrets.io`,
    rules: [
      {
        apiGroups: ['external-secrets.io'],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE', 'DELETE'],
        resources: [`${kind}s`],
      },
    ],
    clientConfig: {
      url: `https://localhost:${port}/validate-external-secrets-io-v1-${kind}`,
      caBundle: Buffer.from(authority).toString('base64'),
    },
    admissionReviewVersions: ['v1', 'v1beta1'],
    sideEffects: 'None',
    timeoutSeconds: 5,
    failurePolicy: 'Fail',
  }));
  const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
  const body = JSON.stringify({ metadata: { name: 'external-secrets-validate' }, webhooks });
  const answer = await call({ method: 'POST', path, body });
  if (answer.status >= 300) throw new Error(`the webhook was not registered: ${answer.status} ${answer.body}`);
};
