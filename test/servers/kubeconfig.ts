import { readFile, writeFile } from 'node:fs/promises';
import type { KeyPairFiles } from './credentials.ts';

/** The one context of every kubeconfig that the tests write. */
export const testContext = 'lab-test';

type Access = { url: string; caFile: string; user: KeyPairFiles | { token: string } };

/** Writes a self-contained kubeconfig. It is JSON, which is YAML too. */
export async function writeKubeconfig(file: string, { url, caFile, user }: Access): Promise<void> {
  const name = testContext;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': await base64(caFile) } }],
    users: [{ name, user: 'token' in user ? user : await embedded(user) }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  await writeFile(file, JSON.stringify(config, null, 2), { mode: 0o600 });
}

const embedded = async ({ certFile, keyFile }: KeyPairFiles) => ({
  'client-certificate-data': await base64(certFile),
  'client-key-data': await base64(keyFile),
});

const base64 = async (file: string): Promise<string> => (await readFile(file)).toString('base64');
