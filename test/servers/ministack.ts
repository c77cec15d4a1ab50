import { mkdir } from 'node:fs/promises';
import { ministack } from './binaries/artifacts.ts';
import { provide } from './binaries/provide.ts';
import { answersOver, certificateFor } from './https.ts';
import { freePorts } from './ports.ts';
import { type Lifetime, startProcess } from './processes.ts';

/** A second independent AWS for tests, in memory. Any access key is let in; its account is 000000000000. */
export type Ministack = {
  url: string;
  caPem: string;
  account: string;
  accessKey: { id: string; secret: string };
  stop: () => Promise<void>;
};

/** Starts ministack on loopback, over https. Its clusters have no API server: that would need Docker. */
export async function startMinistack({
  dir,
  lifetime = 'parent',
}: {
  dir: string;
  lifetime?: Lifetime;
}): Promise<Ministack> {
  const command = (await provide(ministack)).path;
  await mkdir(dir, { recursive: true });
  const [port = 0] = await freePorts(1);
  const { certFile, keyFile, caPem } = await certificateFor({ dir, name: 'ministack' });
  const url = `https://127.0.0.1:${port}`;
  // No worker of its own: a child would outlive the process that is ended.
  const args = ['ministack.app:app', '--workers', '0', '--bind', `127.0.0.1:${port}`];
  const environment = {
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    TMPDIR: dir,
  };
  const { stop } = await startProcess({
    name: 'ministack',
    dir,
    lifetime,
    command,
    args: [...args, '--certfile', certFile, '--keyfile', keyFile],
    environment,
    ready: () => answersOver(`${url}/_ministack/ready`, caPem),
  });
  const accessKey = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
  return { url, caPem, account: '000000000000', accessKey, stop };
}
