import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createAuthority, type KeyPair } from '../certificates/authority.ts';
import type { KubeObject } from './object.ts';

/** Everything that a sandbox cluster keeps from one run to the next. */
export interface Content {
  /** The last resourceVersion that was given out. */
  version: number;
  /** By type (`secrets`, `deployments.apps`) and then by `NAMESPACE/NAME`. */
  readonly objects: Record<string, Record<string, KubeObject>>;
  readonly credentials: Credentials;
}

/** What stays the same as long as the cluster lives, because other systems remember it. */
export interface Credentials {
  /** PEM. */
  readonly authority: string;
  readonly serving: KeyPair;
  /** Bearer token of the administrator. */
  readonly token: string;
  /** PEM of the RSA key that signs service account tokens. */
  readonly signingKey: string;
}

const servingNames = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
  '127.0.0.1',
];

/** A cluster without any object. */
export const emptyContent = (): Content => {
  const authority = createAuthority('lab-sandbox');
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    version: 0,
    objects: {},
    credentials: {
      authority: authority.certificate,
      serving: authority.issue({ commonName: 'kube-apiserver', use: { kind: 'server', names: servingNames } }),
      token: randomBytes(32).toString('base64url'),
      signingKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
  };
};
