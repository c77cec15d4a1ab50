import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What `openssl verify` says of a chain, strictly, for a TLS server of that name; its complaint if it refuses. */
export const opensslVerify = async (chain: {
  readonly root: string;
  readonly above: readonly string[];
  readonly leaf: string;
  readonly host: string;
}): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'lab-openssl-'));
  const [root, above, leaf] = ['root.pem', 'above.pem', 'leaf.pem'].map((name) => join(folder, name));
  if (root === undefined || above === undefined || leaf === undefined) throw new Error('unreachable');
  await writeFile(root, `${chain.root}\n`);
  await writeFile(above, `${chain.above.join('\n')}\n`);
  await writeFile(leaf, `${chain.leaf}\n`);
  try {
    const strict = ['-x509_strict', '-purpose', 'sslserver', '-verify_hostname', chain.host];
    const { stdout } = await run('openssl', ['verify', ...strict, '-CAfile', root, '-untrusted', above, leaf]);
    return stdout.trim().replace(leaf, 'leaf');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** An authority outside of Vault, which openssl makes in a folder; its certificate, and how it signs requests for others. */
export const outsideAuthority = async (folder: string) => {
  const [key, certificate] = [join(folder, 'outside.key'), join(folder, 'outside.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650'];
  const usage = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  await run('openssl', [
    'req',
    '-x509',
    ...curve,
    ...usage,
    '-subj',
    '/CN=Outside',
    '-keyout',
    key,
    '-out',
    certificate,
  ]);
  const extensions = join(folder, 'extensions');
  await writeFile(
    extensions,
    'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n',
  );
  return {
    pem: await readFile(certificate, 'utf8'),
    sign: async (request: string, signed: string, more: readonly string[] = []) => {
      const authority = ['-CA', certificate, '-CAkey', key, '-CAcreateserial', '-extfile', extensions];
      await run('openssl', ['x509', '-req', '-in', request, '-days', '365', ...authority, ...more, '-out', signed]);
    },
  };
};
