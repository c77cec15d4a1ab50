import { describe, expect, test } from 'vitest';
import { complaintsAbout, expanded, resourceAt } from './support/load.ts';

const head = `apiVersion: lab/v1
name: demo
cluster: { context: c }
vault: { address: "https://vault.example:8200", login: { auth: token, token: { env: T } } }
`;
const account = 'auth: { type: service-account, serviceAccount: eso/reader }';
const vaultAuth = 'auth: { type: kubernetes, path: k8s, role: reader, serviceAccount: eso/reader }';

const withStore = (store: string, more = '') => `${head}stores:\n  s: ${store}\n${more}`;
const readers = `secrets:
  b/x: { readFrom: s, keys: { k: { at: "k#p" } } }
  a/x: { readFrom: s, keys: { k: { at: "k#p" } } }
  a/y: { readFrom: s, keys: { k: { at: "k#p" } } }
`;

const addresses = async (yaml: string) => (await expanded(yaml)).resources.map(({ address }) => address);
const clusterStore = async (yaml: string) =>
  resourceAt(await expanded(yaml), 'external-secrets.cluster-secret-store/s');

describe('a store of type kubernetes', () => {
  test('is a namespace, a role for the service account that reads, and a ClusterSecretStore for those who read', async () => {
    const loaded = await expanded(withStore(`{ type: kubernetes, namespace: vaulted, ${account} }`, readers));
    expect(resourceAt(loaded, 'kubernetes.object/rbac.authorization.k8s.io/Role/vaulted/lab-store-s').spec).toEqual({
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }],
      },
    });
    expect(
      resourceAt(loaded, 'kubernetes.object/rbac.authorization.k8s.io/RoleBinding/vaulted/lab-store-s').spec,
    ).toEqual({
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'lab-store-s' },
        subjects: [{ kind: 'ServiceAccount', namespace: 'eso', name: 'reader' }],
      },
    });
    expect(resourceAt(loaded, 'external-secrets.cluster-secret-store/s')).toMatchObject({
      spec: {
        provider: {
          kubernetes: {
            remoteNamespace: 'vaulted',
            server: {
              url: 'https://kubernetes.default.svc',
              caProvider: { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt', namespace: 'vaulted' },
            },
            auth: { serviceAccount: { name: 'reader', namespace: 'eso' } },
          },
        },
        conditions: [{ namespaces: ['a', 'b'] }],
      },
      dependsOn: ['kubernetes.object/rbac.authorization.k8s.io/RoleBinding/vaulted/lab-store-s'],
    });
  });

  test('takes another API server and CA', async () => {
    const server = 'server: { url: "https://10.0.0.1", ca: { configMap: kube-system/ca, key: root.pem } }';
    const { spec } = await clusterStore(
      withStore(`{ type: kubernetes, namespace: n, ${server}, ${account} }`, readers),
    );
    expect(spec).toMatchObject({
      provider: {
        kubernetes: {
          server: {
            url: 'https://10.0.0.1',
            caProvider: { type: 'ConfigMap', name: 'ca', key: 'root.pem', namespace: 'kube-system' },
          },
        },
      },
    });
  });

  test('that exists already gets no namespace and no roles', async () => {
    const loaded = await expanded(
      withStore(`{ type: kubernetes, manage: existing, namespace: n, ${account} }`, readers),
    );
    expect(resourceAt(loaded, 'kubernetes.namespace/n').ownership).toBe('expected');
    expect(loaded.resources.filter(({ kind }) => kind === 'kubernetes.object')).toEqual([]);
  });
});

test('a store of type vault logs in through an auth method', async () => {
  const ca = 'ca: { configMap: vault/ca }';
  const audience = vaultAuth.replace(' }', ', audiences: [vault] }');
  const { spec } = await clusterStore(withStore(`{ type: vault, mount: kv, ${ca}, ${audience} }`, readers));
  expect(spec).toEqual({
    provider: {
      vault: {
        server: 'https://vault.example:8200',
        path: 'kv',
        version: 'v2',
        caProvider: { type: 'ConfigMap', name: 'ca', key: 'ca.crt', namespace: 'vault' },
        auth: {
          kubernetes: {
            mountPath: 'k8s',
            role: 'reader',
            serviceAccountRef: { name: 'reader', namespace: 'eso', audiences: ['vault'] },
          },
        },
      },
    },
    conditions: [{ namespaces: ['a', 'b'] }],
  });
});

describe('expose', () => {
  const exposed = (expose: string) => `{ type: kubernetes, namespace: n, ${account}, expose: ${expose} }`;

  test('a list limits a ClusterSecretStore to it, all to nothing, and auto to the readers', async () => {
    const conditions = async (namespaces: string) =>
      (await clusterStore(withStore(exposed(`{ kind: ClusterSecretStore, namespaces: ${namespaces} }`), readers))).spec[
        'conditions'
      ];
    expect(await conditions('[c, a, b]')).toEqual([{ namespaces: ['a', 'b', 'c'] }]);
    expect(await conditions('all')).toBeUndefined();
    expect(await conditions('auto')).toEqual([{ namespaces: ['a', 'b'] }]);
  });

  test('auto without readers would open the store to all, and is refused', async () => {
    expect(await complaintsAbout(withStore(exposed('{ kind: ClusterSecretStore }')))).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:3 stores.s: no entry of secrets reads from it; list expose.namespaces, or say expose: none",
      ]
    `);
  });

  test('a SecretStore refers to nothing outside of its namespace', async () => {
    const store = (namespace: string) =>
      withStore(
        `{ type: kubernetes, namespace: n, ${account}, expose: { kind: SecretStore, namespaces: [${namespace}] } }`,
      );
    const { spec } = resourceAt(await expanded(store('eso')), 'external-secrets.secret-store/eso/s');
    expect(spec).toEqual({
      provider: {
        kubernetes: {
          remoteNamespace: 'n',
          server: {
            url: 'https://kubernetes.default.svc',
            caProvider: { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt' },
          },
          auth: { serviceAccount: { name: 'reader' } },
        },
      },
    });
    expect(await complaintsAbout(store('eso, other'))).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:87 stores.s.auth.serviceAccount: a SecretStore in other can only log in as a service account of other",
      ]
    `);
  });

  test('none shows the store to nobody', async () => {
    expect(await addresses(withStore('{ type: kubernetes, namespace: n, expose: none }'))).toEqual([
      'kubernetes.namespace/n',
    ]);
  });

  test('who reads must be let in', async () => {
    expect(await complaintsAbout(withStore(exposed('none'), readers))).toMatchInlineSnapshot(`
      [
        "lab.yaml:8:20 secrets["b/x"].readFrom: nothing can read from s, which says expose: none",
        "lab.yaml:9:20 secrets["a/x"].readFrom: nothing can read from s, which says expose: none",
        "lab.yaml:10:20 secrets["a/y"].readFrom: nothing can read from s, which says expose: none",
      ]
    `);
    expect(
      await complaintsAbout(withStore(exposed('{ kind: ClusterSecretStore, namespaces: [a] }'), readers)),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:8:20 secrets["b/x"].readFrom: s is not exposed to the namespace b, only to a",
      ]
    `);
  });

  test('needs to know how External Secrets logs in, and where Vault is', async () => {
    expect(await complaintsAbout(withStore('{ type: kubernetes, namespace: n }', readers))).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:3 stores.s: auth is missing: how External Secrets logs in; or say expose: none",
      ]
    `);
    expect(
      await complaintsAbout(
        withStore(`{ type: vault, mount: kv, ${vaultAuth} }`, readers).replace(/^vault: .*\n/m, ''),
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:3 stores.s: a store of type vault needs the section vault, with its address",
      ]
    `);
  });
});
