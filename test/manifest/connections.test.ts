import { join } from 'node:path';
import { expect, test } from 'vitest';
import { complaintsAbout, expanded } from './support/load.ts';

const head = 'apiVersion: lab/v1\nname: demo\n';
const store = 'stores: { s: { type: kubernetes, namespace: n, expose: none } }\n';
const vault = (more: string) =>
  `${head}vault:\n  login: { auth: token, token: { env: T } }\n  policies: { p: { hcl: x y } }\n${more}`;

test('only what is used gets a connection', async () => {
  expect((await expanded(head)).connections).toEqual({});
  expect((await expanded(`${head}cluster: { context: c }\n${store}`)).connections).toEqual({
    kubernetes: { context: 'c' },
  });
  expect(Object.keys((await expanded(vault('  address: https://v\n'))).connections)).toEqual(['vault']);
});

test('a cluster is named, and a kubeconfig is found from the folder of the manifest', async () => {
  expect(await complaintsAbout(`${head}${store}`)).toMatchInlineSnapshot(`
    [
      "lab.yaml:1:1 cluster: is missing; name a context of your kubeconfig, lab never takes the current one",
    ]
  `);
  const { connections, folder } = await expanded(`${head}cluster: { context: c, kubeconfig: my/config }\n${store}`);
  expect(connections).toEqual({ kubernetes: { context: 'c', kubeconfig: join(folder, 'my/config') } });
});

test('a state in the cluster needs a cluster, and has a namespace of its own', async () => {
  const state = 'state: { backend: kubernetes }\n';
  expect(await complaintsAbout(`${head}${state}`)).toEqual([
    'lab.yaml:3:19 state.backend: kubernetes needs the section cluster, with a context of your kubeconfig',
  ]);
  const { connections, ...expanding } = await expanded(`${head}${state}cluster: { context: c }\n`);
  expect(connections).toEqual({ kubernetes: { context: 'c' } });
  expect(expanding.state).toEqual({ backend: 'kubernetes', namespace: 'lab-system' });
  expect((await expanded(`${head}state: { namespace: elsewhere }\n`)).state).toEqual({ backend: 'local' });
});

test('External Secrets and Vault are expected unless install says that they are waited for', async () => {
  const yaml = (install: string) => `${head}cluster: { context: c }
install: ${install}
stores: { s: { type: kubernetes, namespace: n, expose: { kind: ClusterSecretStore, namespaces: all }, auth: { type: service-account, serviceAccount: a/b } } }
vault: { address: "https://v", login: { plan: { auth: token, token: { env: P } }, apply: { auth: token, token: { file: token } } }, policies: { p: { hcl: x y } } }
`;
  const login = {
    plan: { auth: 'token', token: { from: 'env', name: 'P' } },
    apply: { auth: 'token', token: { from: 'file', path: 'token' } },
  };
  const { connections, folder } = await expanded(yaml('{}'));
  expect(connections).toEqual({
    kubernetes: { context: 'c' },
    'external-secrets': { mode: 'expected', namespace: 'external-secrets' },
    vault: { address: 'https://v', mode: 'expected', product: 'auto', login, folder },
  });
  expect(
    (await expanded(yaml('{ external-secrets: { mode: wait, namespace: eso }, vault: { mode: wait } }'))).connections,
  ).toMatchObject({
    'external-secrets': { mode: 'wait', namespace: 'eso' },
    vault: { mode: 'wait' },
  });
});

test('resources of Vault need the section vault', async () => {
  expect(await complaintsAbout(`${head}resources: { vault.policy/p: { hcl: x y } }\n`)).toMatchInlineSnapshot(`
    [
      "lab.yaml:3:14 resources["vault.policy/p"]: needs the section vault, with address and login",
    ]
  `);
});

test('plain http needs consent, and consent to loopback is only that', async () => {
  expect(await complaintsAbout(vault('  address: http://127.0.0.1:8200\n'))).toMatchInlineSnapshot(`
    [
      "lab.yaml:6:12 vault.address: is plain http; use https, or consent with plaintext: loopback or in-cluster",
    ]
  `);
  expect(
    await complaintsAbout(vault('  address: http://vault.vault:8200\n  plaintext: loopback\n')),
  ).toMatchInlineSnapshot(`
    [
      "lab.yaml:6:12 vault.address: plaintext: loopback only allows http to 127.0.0.1, ::1 and localhost",
    ]
  `);
  for (const host of ['127.0.0.1:8200', 'localhost', '[::1]:8200']) {
    expect(await complaintsAbout(vault(`  address: "http://${host}"\n  plaintext: loopback\n`))).toEqual([]);
  }
  expect(await complaintsAbout(vault('  address: http://vault.vault:8200\n  plaintext: in-cluster\n'))).toEqual([]);
});

test('through the API server lab reaches names of the cluster, with its own authority', async () => {
  const reached = (more: string) => expanded(`${head}cluster: { context: c }\n${vault(more).slice(head.length)}`);
  const plain = await reached('  address: http://vault.vault:8200\n  reach: port-forward\n  plaintext: in-cluster\n');
  expect(plain.connections).toMatchObject({
    kubernetes: { context: 'c' },
    vault: { address: 'http://vault.vault:8200', through: 'port-forward', plaintext: 'in-cluster' },
  });
  const secured = await reached('  address: https://vault.vault.svc\n  reach: { via: port-forward, ca: ca.pem }\n');
  expect(secured.connections['vault']).toMatchObject({
    address: 'https://vault.vault.svc',
    through: 'port-forward',
    ca: expect.stringMatching(/\/ca\.pem$/),
  });
  expect((await reached('  address: https://v\n  reach: { via: direct, ca: ca.pem }\n')).connections['vault']).toEqual(
    expect.objectContaining({ address: 'https://v', ca: expect.stringMatching(/\/ca\.pem$/) }),
  );
});

test('what the API server cannot lead to is refused where it is written', async () => {
  const about = (more: string) => complaintsAbout(`${head}cluster: { context: c }\n${vault(more).slice(head.length)}`);
  expect(
    await about(
      '  address: https://vault.example.com\n  reach: port-forward\n  servers: ["https://10.0.0.1:8200", "https://vault-0.vault.vault.svc:8200"]\n',
    ),
  ).toMatchInlineSnapshot(`
    [
      "lab.yaml:7:12 vault.address: is no name of the cluster; reach: port-forward needs SERVICE.NAMESPACE, or POD.SERVICE.NAMESPACE.svc",
      "lab.yaml:9:13 vault.servers[0]: is no name of the cluster; reach: port-forward needs SERVICE.NAMESPACE, or POD.SERVICE.NAMESPACE.svc",
    ]
  `);
  expect(
    await complaintsAbout(vault('  address: https://vault.vault\n  reach: port-forward\n')),
  ).toMatchInlineSnapshot(`
    [
      "lab.yaml:1:1 cluster: is missing; name a context of your kubeconfig, lab never takes the current one",
    ]
  `);
});
