import { join } from 'node:path';
import { expect, test } from 'vitest';
import { complaintsAbout, expanded } from './support/load.ts';

const head = 'apiVersion: lab/v1\nname: demo\ncluster: { context: c }\n';
const key = 'fingerprints: { secret: lab-keys/fingerprints }\n';

test('the key lies in a file of the user, or in the Secret that the manifest names', async () => {
  expect((await expanded(head)).fingerprints).toEqual({ in: 'file' });
  const named = await expanded(`${head}${key}`);
  const at = join(named.folder, 'lab.yaml:4:25');
  expect(named.fingerprints).toEqual({ in: 'secret', namespace: 'lab-keys', name: 'fingerprints', at });
  expect(named.connections).toEqual({ kubernetes: { context: 'c' } });
  expect(named.resources).toEqual([]);
});

test('a Secret needs a cluster and a name', async () => {
  expect(await complaintsAbout(`apiVersion: lab/v1\nname: demo\n${key}`)).toEqual([
    'lab.yaml:3:25 fingerprints.secret: needs the section cluster, with a context of your kubeconfig',
  ]);
  expect(await complaintsAbout(`${head}fingerprints: { secret: fingerprints }\n`)).toEqual([
    'lab.yaml:4:25 fingerprints.secret: is not NAMESPACE/NAME of a Kubernetes object',
  ]);
  expect(await complaintsAbout(`${head}fingerprints: { secret: lab-system/lab.demo.default }\n`)).toEqual([
    'lab.yaml:4:25 fingerprints.secret: names that begin with "lab." are those of states; choose another',
  ]);
});

test('it is no secret of the manifest, whoever makes that', async () => {
  const own = 'resources: { kubernetes.secret/lab-keys/fingerprints: { data: { key: { env: A } } } }\n';
  expect(await complaintsAbout(`${head}${key}${own}`)).toEqual([
    'lab.yaml:4:25 fingerprints.secret: is a secret of this manifest, at resources["kubernetes.secret/lab-keys/fingerprints"] (lab.yaml:5:14); the key needs one of its own',
  ]);
  const external = `stores: { s: { type: kubernetes, namespace: n, expose: { kind: ClusterSecretStore, namespaces: all }, auth: { type: service-account, serviceAccount: a/b } } }
secrets: { lab-keys/fingerprints: { readFrom: s, keys: { key: { at: k } } } }
`;
  expect(await complaintsAbout(`${head}${key}${external}`)).toEqual([
    'lab.yaml:4:25 fingerprints.secret: is a secret of this manifest, at secrets["lab-keys/fingerprints"] (lab.yaml:6:12); the key needs one of its own',
  ]);
});

test('it lies in no namespace that is read through a store or goes with a destroy', async () => {
  const namespace = 'resources: { kubernetes.namespace/lab-keys: {} }\n';
  expect(await complaintsAbout(`${head}${key}${namespace}`)).toEqual([
    'lab.yaml:4:25 fingerprints.secret: lies in a namespace that lab destroy deletes, at resources["kubernetes.namespace/lab-keys"] (lab.yaml:5:14)',
  ]);
  const existing = 'resources: { kubernetes.namespace/lab-keys: { manage: existing } }\n';
  expect((await expanded(`${head}${key}${existing}`)).fingerprints).toMatchObject({ namespace: 'lab-keys' });
  const store = 'stores: { s: { type: kubernetes, manage: existing, namespace: lab-keys, expose: none } }\n';
  expect(await complaintsAbout(`${head}${key}${store}`)).toEqual([
    'lab.yaml:4:25 fingerprints.secret: lies in the namespace of a store, at stores.s (lab.yaml:5:11), which reads all Secrets there',
  ]);
});

const stores = `expect: { aws: { account: "123456789012" } }
stores:
  keys: { type: aws-secrets-manager, manage: existing, region: eu-central-1, expose: none }
  shown: { type: aws-secrets-manager, manage: existing, region: eu-west-1, expose: { kind: ClusterSecretStore, namespaces: all }, auth: { type: irsa, serviceAccount: a/b, identity: { create: r } } }
  vaulted: { type: vault, mount: secret, expose: none }
  local: { type: kubernetes, manage: existing, namespace: n, expose: none }
`;

test('the key lies in a store that External Secrets is not shown', async () => {
  const text = 'apiVersion: lab/v1\nname: demo\nfingerprints: { store: keys/lab-fingerprints }\n';
  const { folder, fingerprints, connections } = await expanded(`${text}${stores.split('\n').slice(0, 3).join('\n')}\n`);
  expect(fingerprints).toEqual({
    in: 'store',
    store: 'keys',
    key: 'lab-fingerprints',
    keeper: 'aws',
    place: 'eu-central-1',
    at: join(folder, 'lab.yaml:3:24'),
  });
  expect(Object.keys(connections)).toEqual(['aws']);
});

test('it is in exactly one place', async () => {
  const nowhere = 'must name one place: {secret: NAMESPACE/NAME} or {store: STORE/KEY}';
  expect(await complaintsAbout(`${head}fingerprints: {}\n`)).toEqual([`lab.yaml:4:1 fingerprints: ${nowhere}`]);
  expect(await complaintsAbout(`${head}fingerprints: { secret: a/b, store: keys/k }\n${stores}`)).toContain(
    `lab.yaml:4:1 fingerprints: ${nowhere}`,
  );
});

test.each([
  ['kyes/k', 'there is no store kyes. Did you mean keys?'],
  ['shown/k', 'is exposed to External Secrets; the key needs a store with expose: none'],
  ['vaulted/k', 'lies in Vault, which is sealed, or not there yet, when the key is needed'],
  ['local/k', 'lies in the cluster; write secret: NAMESPACE/NAME for that'],
  ['keys/k#part', 'is a part of a secret; the key needs one of its own, without "#"'],
  ['keys/a b', '"a b" cannot name a secret in AWS; use letters, digits and / _ + = . @ -, at most 512'],
  ['keys/lab-vault-demo-default-shares', 'names that begin with "lab-vault-" are those of an escrow; choose another'],
])('%s is no place for the key: %s', async (place, why) => {
  const all = await complaintsAbout(`${head}fingerprints: { store: "${place}" }\n${stores}`);
  expect(all.filter((text) => text.includes('fingerprints'))).toEqual([`lab.yaml:4:24 fingerprints.store: ${why}`]);
});

test('in a store, too, it is no secret of the manifest', async () => {
  const own = 'resources: { aws.secrets-manager-secret/eu-central-1/k: { value: { env: A } } }\n';
  expect(await complaintsAbout(`${head}fingerprints: { store: keys/k }\n${stores}${own}`)).toContain(
    'lab.yaml:4:24 fingerprints.store: is a secret of this manifest, at resources["aws.secrets-manager-secret/eu-central-1/k"] (lab.yaml:11:14); the key needs one of its own',
  );
});
