import { mkdir } from 'node:fs/promises';
import { moto } from './binaries/artifacts.ts';
import { provide } from './binaries/provide.ts';
import { answersOver, certificateFor } from './https.ts';
import { freePorts } from './ports.ts';
import { type Lifetime, startProcess } from './processes.ts';

/** An independent AWS for tests, in memory. Any access key is let in; its account is 123456789012. */
export type Moto = {
  url: string;
  caPem: string;
  account: string;
  accessKey: { id: string; secret: string };
  stop: () => Promise<void>;
};

/** `names`: what else its certificate is for, where clients reach it under AWS's own names. */
export type MotoOptions = { dir: string; lifetime?: Lifetime; names?: readonly string[] };

/** Starts moto on loopback, over https. */
export async function startMoto({ dir, lifetime = 'parent', names = [] }: MotoOptions): Promise<Moto> {
  const command = (await provide(moto)).path;
  await mkdir(dir, { recursive: true });
  const [port = 0] = await freePorts(1);
  const { certFile, keyFile, caPem } = await certificateFor({ dir, name: 'moto', names });
  const url = `https://127.0.0.1:${port}`;
  const args = ['-H', '127.0.0.1', '-p', String(port), '-c', certFile, '-k', keyFile];
  const ready = () => answersOver(`${url}/moto-api/data.json`, caPem);
  const { stop } = await startProcess({ name: 'moto', dir, lifetime, command, args, ready });
  // moto knows the keys of IAM users that were made in it, and takes all others for its default account.
  const accessKey = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
  return { url, caPem, account: '123456789012', accessKey, stop };
}
