import { describe, expect, test } from 'vitest';
import { isReference } from '../../src/engine/value.ts';
import { complaintsAbout, expanded, resourceAt } from './support/load.ts';

const manifest = (...lines: readonly string[]) => `apiVersion: lab/v1
name: demo
cluster: { context: c }
vault:
  address: https://v
  login: { auth: token, token: { env: T } }
${lines.map((line) => `  ${line}\n`).join('')}`;

const auth = (more: string, roles = '{}') =>
  manifest('auth:', `  kubernetes: { type: kubernetes, host: "https://api", ${more}roles: ${roles} }`);

const config = async (yaml: string) => resourceAt(await expanded(yaml), 'vault.kubernetes-auth-config/kubernetes').spec;

describe('mounts', () => {
  test('are a mount, and a configuration only if a field of it is set', async () => {
    const loaded = await expanded(
      manifest(
        'mounts:',
        '  plain: { type: kv-v2 }',
        '  tuned: { type: kv-v2, description: x, maxLeaseTtl: 1h, maxVersions: 5, casRequired: true, deleteVersionAfter: 720h }',
      ),
    );
    expect(loaded.resources.map(({ address, spec }) => [address, spec])).toEqual([
      ['vault.mount/plain', { type: 'kv-v2' }],
      ['vault.mount/tuned', { type: 'kv-v2', description: 'x', maxLeaseTtl: 3600 }],
      ['vault.kv-config/tuned', { maxVersions: 5, casRequired: true, deleteVersionAfter: 2_592_000 }],
    ]);
  });

  test('cannot nest', async () => {
    expect(
      await complaintsAbout(
        manifest('mounts:', '  a/b: { type: kv-v2 }', '  a: { type: kv-v2 }', '  ab: { type: kv-v2 }'),
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:8:5 vault.mounts["a/b"]: lies below another mount path, vault.mounts.a (lab.yaml:9:5); Vault does not nest them",
      ]
    `);
  });
});

test('policies are paths, text or a file', async () => {
  const hcl = 'path "a/${x}" { capabilities = ["read"] }\n';
  const loaded = await expanded(
    manifest(
      'policies:',
      '  paths: { paths: { secret/data/*: [read, list, read] } }',
      `  text: { hcl: ${JSON.stringify('path "$${vars.x}" {}')} }`,
      '  file: { file: policies/ci.hcl }',
    ),
    { files: { 'policies/ci.hcl': hcl } },
  );
  expect(resourceAt(loaded, 'vault.policy/paths').spec).toEqual({ paths: { 'secret/data/*': ['list', 'read'] } });
  expect(resourceAt(loaded, 'vault.policy/text').spec).toEqual({ hcl: 'path "${vars.x}" {}' });
  expect(resourceAt(loaded, 'vault.policy/file').spec).toEqual({ hcl });
});

describe('kubernetes auth', () => {
  test('is a method and its configuration', async () => {
    const loaded = await expanded(auth('description: logins, '));
    expect(resourceAt(loaded, 'vault.auth-method/kubernetes').spec).toEqual({
      type: 'kubernetes',
      description: 'logins',
    });
    expect(await config(auth(''))).toEqual({ host: 'https://api' });
  });

  test('takes a CA as text, or from a ConfigMap that must be there', async () => {
    expect(await config(auth('ca: { pem: PEM }, '))).toEqual({ host: 'https://api', caCert: 'PEM' });
    const yaml = auth('ca: { configMap: default/kube-root-ca.crt }, reviewer: client, ');
    const { caCert, ...rest } = await config(yaml);
    expect(rest).toEqual({ host: 'https://api', disableLocalCaJwt: true });
    expect(isReference(caCert) && caCert.parts).toEqual([
      { address: 'kubernetes.config-map/default/kube-root-ca.crt', output: 'data.ca.crt' },
    ]);
    expect(resourceAt(await expanded(yaml), 'kubernetes.config-map/default/kube-root-ca.crt').ownership).toBe(
      'expected',
    );
  });

  test('that reviews by the client lets exactly the accounts of its roles ask', async () => {
    const roles =
      '{ one: { serviceAccounts: [a/x], policies: [] }, two: { serviceAccounts: [a/x, b/x], policies: [] } }';
    const loaded = await expanded(auth('ca: { pem: PEM }, reviewer: client, ', roles));
    const binding = 'kubernetes.object/rbac.authorization.k8s.io/ClusterRoleBinding/lab-demo-default-vault-login';
    expect(resourceAt(loaded, binding).spec).toEqual({
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:auth-delegator' },
        subjects: [
          { kind: 'ServiceAccount', namespace: 'a', name: 'x' },
          { kind: 'ServiceAccount', namespace: 'b', name: 'x' },
        ],
      },
    });
    expect(resourceAt(loaded, 'vault.kubernetes-auth-role/kubernetes/one').dependsOn).toEqual([binding]);
    expect((await expanded(auth('', roles))).resources.map(({ address }) => address)).not.toContain(binding);
  });

  test('roles name pairs, which Vault only knows as a product', async () => {
    const role = (accounts: string) =>
      `{ r: { serviceAccounts: ${accounts}, policies: [b, a], ttl: 20m, maxTtl: 1h, audience: vault } }`;
    const loaded = await expanded(auth('', role('[a/x, a/y, b/x, b/y]')));
    expect(resourceAt(loaded, 'vault.kubernetes-auth-role/kubernetes/r').spec).toEqual({
      serviceAccountNames: ['x', 'y'],
      serviceAccountNamespaces: ['a', 'b'],
      policies: ['a', 'b'],
      ttl: 1200,
      maxTtl: 3600,
      audience: 'vault',
    });
    expect(await complaintsAbout(auth('', role('[a/x, b/y]')))).toMatchInlineSnapshot(`
      [
        "lab.yaml:8:72 vault.auth.kubernetes.roles.r.serviceAccounts: would let in a/y too, because Vault combines every name with every namespace; list it, or make two roles",
      ]
    `);
  });

  test('what lab cannot do there', async () => {
    expect(await complaintsAbout(auth('reviewer: { serviceAccount: a/b }, '))).toMatchInlineSnapshot(`
      [
        "lab.yaml:8:58 vault.auth.kubernetes.reviewer: a service account as reviewer is not supported yet; use vault-pod or client",
      ]
    `);
    expect(await complaintsAbout(auth('reviewer: client, '))).toMatchInlineSnapshot(`
      [
        "lab.yaml:8:5 vault.auth.kubernetes: reviewer client needs ca: without it Vault would use the token and the CA of its own pod",
      ]
    `);
  });
});
