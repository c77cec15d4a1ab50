import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { createAuthority } from '../../src/sandbox/certificates/authority.ts';
import { moto } from './binaries/artifacts.ts';
import { provide } from './binaries/provide.ts';
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
  const authority = createAuthority('lab-test moto');
  const pair = authority.issue({
    commonName: 'moto',
    use: { kind: 'server', names: ['127.0.0.1', 'localhost', ...names] },
  });
  const [certFile, keyFile] = [join(dir, 'moto.crt'), join(dir, 'moto.key')];
  await Promise.all([
    writeFile(certFile, pair.certificate, { mode: 0o600 }),
    writeFile(keyFile, pair.key, { mode: 0o600 }),
  ]);
  const url = `https://127.0.0.1:${port}`;
  const args = ['-H', '127.0.0.1', '-p', String(port), '-c', certFile, '-k', keyFile];
  const ready = () => answers(`${url}/moto-api/data.json`, authority.certificate);
  const { stop } = await startProcess({ name: 'moto', dir, lifetime, command, args, ready });
  // moto knows the keys of IAM users that were made in it, and takes all others for its default account.
  const accessKey = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
  return { url, caPem: authority.certificate, account: '123456789012', accessKey, stop };
}

const answers = (url: string, ca: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { ca, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    sent.once('timeout', () => sent.destroy(new Error('no answer')));
    sent.once('error', reject);
    sent.end();
  });
