import { readFile, writeFile } from 'node:fs/promises';
import type { KeyPairFiles } from './credentials.ts';

/** The one context of every kubeconfig that the tests write. */
export const testContext = 'lab-test';

type Access = { url: string; caFile: string; user: KeyPairFiles };

/** Writes a self-contained kubeconfig. It is JSON, which is YAML too. */
export async function writeKubeconfig(file: string, { url, caFile, user }: Access): Promise<void> {
  const [authority, certificate, key] = await Promise.all([caFile, user.certFile, user.keyFile].map(base64));
  const name = testContext;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': authority } }],
    users: [{ name, user: { 'client-certificate-data': certificate, 'client-key-data': key } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  await writeFile(file, JSON.stringify(config, null, 2), { mode: 0o600 });
}

const base64 = async (file: string): Promise<string> => (await readFile(file)).toString('base64');
