import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority, type KeyPair } from '../../src/sandbox/certificates/authority.ts';

/** Files of one certificate and its key. */
export type KeyPairFiles = { certFile: string; keyFile: string };

/** Every credential of one control plane, as PEM files that only their owner can read. */
export type Credentials = {
  caFile: string;
  server: KeyPairFiles;
  admin: KeyPairFiles;
  controllerManager: KeyPairFiles;
  /** What the API server shows to nodes, and what a node shows to it. */
  kubeletClient: KeyPairFiles;
  node: KeyPairFiles;
  serviceAccounts: { publicFile: string; privateFile: string };
};

const serverNames = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
  '127.0.0.1',
  '10.96.0.1',
];

/** Makes an authority for this one control plane and writes what it issues to `dir`. */
export async function writeCredentials(dir: string): Promise<Credentials> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const authority = createAuthority('lab-test');
  const admin = authority.issue({ commonName: 'admin', organization: 'system:masters', use: { kind: 'client' } });
  const manager = authority.issue({ commonName: 'system:kube-controller-manager', use: { kind: 'client' } });
  const kubelet = authority.issue({
    commonName: 'kube-apiserver-kubelet-client',
    organization: 'kubeadm:cluster-admins',
    use: { kind: 'client' },
  });
  const node = authority.issue({ commonName: 'system:node:test', use: { kind: 'server', names: ['127.0.0.1'] } });
  const server = authority.issue({ commonName: 'kube-apiserver', use: { kind: 'server', names: serverNames } });
  const serviceAccounts = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    caFile: await writePrivate(dir, 'ca.crt', authority.certificate),
    server: await writePair(dir, 'server', server),
    admin: await writePair(dir, 'admin', admin),
    controllerManager: await writePair(dir, 'controller-manager', manager),
    kubeletClient: await writePair(dir, 'kubelet-client', kubelet),
    node: await writePair(dir, 'node', node),
    serviceAccounts: {
      publicFile: await writePrivate(dir, 'service-accounts.pub', serviceAccounts.publicKey),
      privateFile: await writePrivate(dir, 'service-accounts.key', serviceAccounts.privateKey),
    },
  };
}

const writePair = async (dir: string, name: string, { certificate, key }: KeyPair): Promise<KeyPairFiles> => ({
  certFile: await writePrivate(dir, `${name}.crt`, certificate),
  keyFile: await writePrivate(dir, `${name}.key`, key),
});

async function writePrivate(dir: string, name: string, content: string): Promise<string> {
  const file = join(dir, name);
  await writeFile(file, content, { mode: 0o600 });
  return file;
}
