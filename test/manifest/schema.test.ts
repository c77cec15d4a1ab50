import { describe, expect, test } from 'vitest';
import { complaintsAbout, expanded } from './support/load.ts';

const head = 'apiVersion: lab/v1\nname: demo\ncluster: { context: c }\n';

/** Complaints about a manifest that goes on with these lines after its head of three. */
const about = (...lines: readonly string[]) => complaintsAbout(`${head}${lines.join('\n')}\n`);

describe('the top level', () => {
  test('apiVersion and name are needed, and are what they say', async () => {
    expect(await complaintsAbout('vars: {}\n')).toMatchInlineSnapshot(`
      [
        "lab.yaml:1:1 apiVersion: is missing; the word lab/v1 is expected",
        "lab.yaml:1:1 name: is missing; text is expected",
      ]
    `);
    expect(await complaintsAbout('apiVersion: lab/v2\nname: Demo_1\n')).toMatchInlineSnapshot(`
      [
        "lab.yaml:1:13 apiVersion: "lab/v2" is not the word lab/v1",
        "lab.yaml:2:7 name: is no name; use lower-case letters, digits and "-", at most 63",
      ]
    `);
  });

  test('an unknown key is an error with the nearest known one, or with all of them', async () => {
    expect(await about('store: {}', 'secretz: {}', 'unheard: 1')).toMatchInlineSnapshot(`
      [
        "lab.yaml:4:1 store: is no key here. Did you mean stores?",
        "lab.yaml:5:1 secretz: is no key here. Did you mean secrets?",
        "lab.yaml:6:1 unheard: is no key here; there are apiVersion, name, vars, expect, state, fingerprints, cluster, install, stores, secrets, vault, resources, allowDestroy, allowIrreversible, defaultEnvironment, environments",
      ]
    `);
  });

  test('values of the wrong type say what they are and what is expected, not what they hold', async () => {
    expect(
      await about('stores: hunter2', 'secrets: []', 'vault: 5', 'allowDestroy: yes', 'install:'),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:4:9 stores: is text; a map is expected",
        "lab.yaml:5:1 secrets: is a list; a map is expected",
        "lab.yaml:6:8 vault: is a number; a map is expected",
        "lab.yaml:7:15 allowDestroy: is text; true or false is expected",
        "lab.yaml:8:9 install: is empty; a map is expected",
      ]
    `);
  });

  test('what the manifest will have and lab does not build yet is named as that', async () => {
    expect(
      await about(
        'state: { backend: s3 }',
        'fingerprints: { secret: a/b, store: s/k }',
        'install: { vault: { mode: helm, version: "1" } }',
        'stores:',
        '  a: { type: gcp-secret-manager }',
        '  c: { type: azure-key-vault, manage: existing, name: kv-c, auth: { type: gke } }',
        '  b: { type: kubernetes, namespace: b, auth: { type: irsa } }',
        'secrets:',
        '  a/b: { readFrom: [x, y], bootstrap: true, keys: { k: { at: k, value: { env: it } } } }',
        'vault:',
        '  address: https://vault',
        '  reach: { via: proxy }',
        '  init: {}',
        '  login: { plan: { auth: kubernetes, role: r }, apply: { auth: token, token: { env: T } } }',
        '  mounts: { pki: { type: pki } }',
        '  policies: { plan: { computed: plan } }',
        '  auth: { people: { type: ldap } }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:4:19 state.backend: "s3" is not supported yet; so far there are local, kubernetes",
        "lab.yaml:5:30 fingerprints.store: is not supported yet",
        "lab.yaml:6:27 install.vault.mode: "helm" is not supported yet; so far there are expected, wait",
        "lab.yaml:6:33 install.vault.version: is not supported yet",
        "lab.yaml:8:14 stores.a.type: "gcp-secret-manager" is not supported yet; so far there are kubernetes, vault, azure-key-vault, aws-secrets-manager",
        "lab.yaml:9:75 stores.c.auth.type: "gke" is not supported yet; so far there are service-principal, workload-identity, managed-identity",
        "lab.yaml:10:54 stores.b.auth.type: "irsa" is not the word service-account",
        "lab.yaml:12:10 secrets["a/b"].readFrom: mirrors are not supported yet; name one store",
        "lab.yaml:12:28 secrets["a/b"].bootstrap: is not supported yet",
        "lab.yaml:15:3 vault.reach: must be direct, port-forward, {via, ca} or {url, ca}",
        "lab.yaml:16:3 vault.init.custodians: is missing; a list is expected",
        "lab.yaml:20:27 vault.auth.people.type: "ldap" is not one of kubernetes, approle, jwt, oidc",
      ]
    `);
  });

  test('a tenant and an account are expected by their ids', async () => {
    expect(
      await about('expect: { azure: { tenant: contoso, subscription: s }, aws: { account: 123456789012 }, gcp: {} }'),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:4:28 expect.azure.tenant: is no id of a tenant; az account show has it as tenantId",
        "lab.yaml:4:51 expect.azure.subscription: is no id of a subscription; az account show has it as id",
        "lab.yaml:4:72 expect.aws.account: is a number; text is expected; put it in quotes",
        "lab.yaml:4:88 expect.gcp: is not supported yet",
      ]
    `);
  });

  test('an expected cluster is known by its uid', async () => {
    const uid = '3f0c0000-0000-4000-8000-000000000000';
    expect((await expanded(`${head}expect: { kubernetes: { uid: ${uid} } }\n`)).expects).toEqual({ kubernetes: uid });
    expect((await expanded(head)).expects).toEqual({});
    expect(await about('expect: { kubernetes: { uid: abc } }')).toMatchInlineSnapshot(`
      [
        "lab.yaml:4:30 expect.kubernetes.uid: is no UID; kubectl get namespace kube-system -o yaml shows it",
      ]
    `);
  });
});

describe('stores', () => {
  test('type chooses the variant', async () => {
    expect(await about('stores:', '  a: { type: kubernets }', '  b: {}', '  c: null')).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:14 stores.a.type: "kubernets" is not one of kubernetes, vault, azure-key-vault, aws-secrets-manager. Did you mean kubernetes?",
        "lab.yaml:6:3 stores.b.type: is missing; one of kubernetes, vault, azure-key-vault, aws-secrets-manager is expected",
        "lab.yaml:7:6 stores.c: is empty; a map is expected",
      ]
    `);
  });

  test('each variant has its own fields', async () => {
    expect(
      await about(
        'stores:',
        '  a: { type: kubernetes, namespace: Foo, mannage: create, auth: { type: service-account, serviceAccount: x } }',
        '  b: { type: vault, expose: non, auth: { type: kubernetes, path: /k, role: r, serviceAccount: a/b } }',
        '  c: { type: vault, mount: m, expose: { kind: SecretStore, namespaces: auto } }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:37 stores.a.namespace: is no name of a namespace; use lower-case letters, digits and "-", at most 63",
        "lab.yaml:5:42 stores.a.mannage: is no key here. Did you mean manage?",
        "lab.yaml:5:106 stores.a.auth.serviceAccount: is not NAMESPACE/NAME of a Kubernetes object",
        "lab.yaml:6:3 stores.b.mount: is missing; text is expected",
        "lab.yaml:6:29 stores.b.expose: "non" is not none or a map. Did you mean none?",
        "lab.yaml:6:66 stores.b.auth.path: is no path in Vault; write it without "/" at either end, without spaces, "*" and "+"",
        "lab.yaml:7:72 stores.c.expose.namespaces: is text; a list is expected",
      ]
    `);
  });
});

describe('secrets', () => {
  test('names, stores, keys and sources are checked', async () => {
    expect(
      await about(
        'secrets:',
        '  plain: { readFrom: a, keys: { k: { at: x } } }',
        '  a/b: { readFrom: 5, keys: {} }',
        '  c/d:',
        '    readFrom: a',
        '    refresh: 5 minutes',
        '    keys:',
        '      "k k": { at: x }',
        '      l: { at: 5, onMissingSource: kep }',
        '      m: { at: x, value: { env: A, file: b } }',
        '      n: { at: x, value: { file: ../outside } }',
        '      o: { at: x, value: { generate: { length: 4, alphabet: hexx } } }',
        '      p: { at: x, value: { env: NOT-A-NAME } }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:3 secrets.plain: the key is not NAMESPACE/NAME of a Kubernetes object",
        "lab.yaml:6:20 secrets["a/b"].readFrom: is a number; text or a list is expected",
        "lab.yaml:6:23 secrets["a/b"].keys: is empty; a secret needs a key",
        "lab.yaml:9:14 secrets["c/d"].refresh: is not a duration; write 20m, 1h30m or 90s",
        "lab.yaml:11:7 secrets["c/d"].keys["k k"]: the key is no key of a Kubernetes Secret; use letters, digits, "-", "_" and "."",
        "lab.yaml:12:16 secrets["c/d"].keys.l.at: is a number; text or a map is expected",
        "lab.yaml:12:36 secrets["c/d"].keys.l.onMissingSource: "kep" is not one of keep, enforce. Did you mean keep?",
        "lab.yaml:13:19 secrets["c/d"].keys.m.value: must name one source: {env: NAME}, {file: PATH}, {store: STORE/KEY}, {prompt: TEXT}, {exec: [PROGRAM]} or {generate: {}}",
        "lab.yaml:14:34 secrets["c/d"].keys.n.value.file: must lie in the folder of the manifest: a relative path without ".."",
        "lab.yaml:15:48 secrets["c/d"].keys.o.value.generate.length: must be at least 8",
        "lab.yaml:15:61 secrets["c/d"].keys.o.value.generate.alphabet: "hexx" is not one of alphanumeric, hex, printable. Did you mean hex?",
        "lab.yaml:16:33 secrets["c/d"].keys.p.value.env: is no name of an environment variable",
      ]
    `);
  });

  test('a literal value is refused and not shown', async () => {
    const complaints = await about('secrets:', '  a/b: { readFrom: s, keys: { k: { at: x, value: hunter2 } } }');
    expect(complaints).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:50 secrets["a/b"].keys.k.value: must name one source: {env: NAME}, {file: PATH}, {store: STORE/KEY}, {prompt: TEXT}, {exec: [PROGRAM]} or {generate: {}}",
      ]
    `);
    expect(complaints.join()).not.toContain('hunter2');
  });
});

describe('vault', () => {
  test('addresses, logins, mounts, policies, auth methods and roles are checked', async () => {
    expect(
      await about(
        'vault:',
        '  address: vault:8200',
        '  login: { auth: tokn }',
        '  mounts: { /a: { type: kv-v2 }, b: { type: kv }, c: { type: kv-v2, maxVersions: -1 } }',
        '  policies: { none: {}, two: { hcl: x, file: y }, bad: { paths: { x: [reed] } } }',
        '  auth:',
        '    kubernetes:',
        '      type: kubernetes',
        '      reviewer: clint',
        '      roles: { r: { serviceAccounts: [alone], policies: x, ttl: 5x } }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:12 vault.address: is no http or https URL; write https://HOST:8200",
        "lab.yaml:6:18 vault.login.auth: "tokn" is not one of token, kubernetes, jwt, app-role. Did you mean token?",
        "lab.yaml:7:13 vault.mounts["/a"]: the key is no path in Vault; write it without "/" at either end, without spaces, "*" and "+"",
        "lab.yaml:7:45 vault.mounts.b.type: "kv" is not one of kv-v2, database, pki",
        "lab.yaml:7:82 vault.mounts.c.maxVersions: must be at least 0",
        "lab.yaml:8:15 vault.policies.none: must be one of paths, hcl, file and computed",
        "lab.yaml:8:25 vault.policies.two: must be one of paths, hcl, file and computed",
        "lab.yaml:8:71 vault.policies.bad.paths.x[0]: "reed" is not one of create, read, update, patch, delete, list, sudo, deny, subscribe, recover. Did you mean read?",
        "lab.yaml:10:5 vault.auth.kubernetes.host: is missing; text is expected",
        "lab.yaml:12:17 vault.auth.kubernetes.reviewer: "clint" is not vault-pod, client or a map. Did you mean client?",
        "lab.yaml:13:39 vault.auth.kubernetes.roles.r.serviceAccounts[0]: is not NAMESPACE/NAME of a Kubernetes object",
        "lab.yaml:13:57 vault.auth.kubernetes.roles.r.policies: is text; a list is expected",
        "lab.yaml:13:65 vault.auth.kubernetes.roles.r.ttl: is not a duration; write 20m, 1h30m or 90s",
      ]
    `);
  });

  test('a login names a source, never a token', async () => {
    const complaints = await about('vault:', '  address: https://v', '  login: { auth: token, token: hvs.hunter2 }');
    expect(complaints).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:32 vault.login.token: must name one source: {env: NAME} or {file: PATH}",
      ]
    `);
    expect(
      await about('vault:', '  address: https://v', '  login: { auth: token, token: { generate: {} } }'),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:34 vault.login.token.generate: is no key here; there are env, file",
      ]
    `);
    expect(
      await about('vault:', '  address: https://v', '  login: { plan: { auth: token, token: { env: T } } }'),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:3 vault.login.apply: is missing; a map is expected",
      ]
    `);
  });
});

test('all complaints come at once, in the order of the file', async () => {
  const complaints = await about('stores: { s: { type: vautl } }', 'secrets: { x: {} }', 'allowDestroy: 1');
  expect(complaints.map((line) => line.split(' ')[0])).toEqual(['lab.yaml:4:22', 'lab.yaml:5:12', 'lab.yaml:6:15']);
});
