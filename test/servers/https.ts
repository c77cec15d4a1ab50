import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { createAuthority } from '../../src/sandbox/certificates/authority.ts';

/** Whose certificate, in files below `dir`; `names`: what it is for besides loopback. */
export type CertificateOptions = { dir: string; name: string; names?: readonly string[] };

/** A certificate of an authority of its own, for a server on loopback. */
export async function certificateFor({ dir, name, names = [] }: CertificateOptions) {
  const authority = createAuthority(`lab-test ${name}`);
  const use = { kind: 'server', names: ['127.0.0.1', 'localhost', ...names] } as const;
  const pair = authority.issue({ commonName: name, use });
  const [certFile, keyFile] = [join(dir, `${name}.crt`), join(dir, `${name}.key`)];
  await Promise.all([
    writeFile(certFile, pair.certificate, { mode: 0o600 }),
    writeFile(keyFile, pair.key, { mode: 0o600 }),
  ]);
  return { certFile, keyFile, caPem: authority.certificate };
}

/** Whether a server answers 200 there. */
export const answersOver = (url: string, ca: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { ca, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    sent.once('timeout', () => sent.destroy(new Error('no answer')));
    sent.once('error', reject);
    sent.end();
  });
