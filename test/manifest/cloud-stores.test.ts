import { describe, expect, test } from 'vitest';
import { buildNodes } from '../../src/engine/node.ts';
import { isSourced } from '../../src/secrets/source.ts';
import { complaintsAbout, expanded, kinds, resourceAt } from './support/load.ts';

const tenant = '7c1e0000-0000-0000-0000-000000000001';
const principal = 'auth: { type: service-principal, clientId: { env: ID }, clientSecret: { file: secret.txt } }';
const keys = 'auth: { type: access-keys, id: { env: ID }, secret: { env: KEY } }';
const azure = (more = principal) => `{ type: azure-key-vault, manage: existing, name: My-kv, ${more} }`;
const aws = (more = keys) => `{ type: aws-secrets-manager, region: eu-west-1, ${more} }`;

const manifest = (store: string, entries: readonly string[] = ['a/x: { readFrom: s, keys: { k: { at: k } } }']) =>
  [
    'apiVersion: lab/v1',
    'name: demo',
    'cluster: { context: c }',
    `expect: { azure: { tenant: ${tenant} } }`,
    'stores:',
    `  s: ${store}`,
    'secrets:',
    ...entries.map((entry) => `  ${entry}`),
    '',
  ].join('\n');

const files = { 'secret.txt': '' };
const load = (yaml: string) => expanded(yaml, { files });
const complaints = (yaml: string) => complaintsAbout(yaml, { files });
const provider = async (yaml: string) =>
  resourceAt(await load(yaml), 'external-secrets.cluster-secret-store/s').spec['provider'];

/** Keys and sources of a spec's map of secret values. */
const sources = (values: unknown) =>
  Object.fromEntries(
    Object.entries(values ?? {}).map(([key, value]) => [key, isSourced(value) ? value.source : 'not a source']),
  );

describe('a store in a cloud', () => {
  test('is a Secret with the credential and a ClusterSecretStore that refers to it', async () => {
    const loaded = await load(
      `${manifest(azure())}install: { external-secrets: { mode: expected, namespace: eso } }\n`,
    );
    const secret = resourceAt(loaded, 'kubernetes.secret/eso/lab-store-s');
    expect(secret).toMatchObject({ ownership: 'owned', origin: { path: 'stores.s.auth' } });
    expect(sources(secret.spec['data'])).toEqual({
      'client-id': { from: 'env', name: 'ID' },
      'client-secret': { from: 'file', path: 'secret.txt' },
    });
    expect(resourceAt(loaded, 'kubernetes.namespace/eso').ownership).toBe('contributed');
    expect(resourceAt(loaded, 'external-secrets.cluster-secret-store/s').spec['provider']).toEqual({
      azurekv: {
        authType: 'ServicePrincipal',
        tenantId: tenant,
        vaultUrl: 'https://my-kv.vault.azure.net',
        authSecretRef: {
          clientId: { name: 'lab-store-s', key: 'client-id', namespace: 'eso' },
          clientSecret: { name: 'lab-store-s', key: 'client-secret', namespace: 'eso' },
        },
      },
    });
    const store = buildNodes(loaded.resources, kinds).get('external-secrets.cluster-secret-store/s');
    expect(store?.needs).toContain(secret.address);
  });

  test('of AWS reads with access keys', async () => {
    const loaded = await load(manifest(aws()));
    const { data } = resourceAt(loaded, 'kubernetes.secret/external-secrets/lab-store-s').spec;
    expect(sources(data)).toEqual({
      'access-key-id': { from: 'env', name: 'ID' },
      'secret-access-key': { from: 'env', name: 'KEY' },
    });
    const ref = (key: string) => ({ name: 'lab-store-s', key, namespace: 'external-secrets' });
    expect(await provider(manifest(aws()))).toEqual({
      aws: {
        service: 'SecretsManager',
        region: 'eu-west-1',
        auth: {
          secretRef: {
            accessKeyIDSecretRef: ref('access-key-id'),
            secretAccessKeySecretRef: ref('secret-access-key'),
          },
        },
      },
    });
  });

  test('without auth is read as what External Secrets is there, in AWS, and is refused in Azure', async () => {
    const loaded = await load(manifest(aws('manage: existing')));
    expect(resourceAt(loaded, 'external-secrets.cluster-secret-store/s').spec['provider']).toEqual({
      aws: { service: 'SecretsManager', region: 'eu-west-1' },
    });
    expect(loaded.resources.filter(({ kind }) => kind === 'kubernetes.secret')).toEqual([]);
    expect(loaded.diagnostics).toEqual([]);
    expect(await complaints(manifest(azure('url: "https://my-kv.vault.azure.net"')))).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:3 stores.s: auth is missing: how External Secrets logs in; or say expose: none",
      ]
    `);
  });

  test('has its credential in every namespace that a SecretStore shows it to', async () => {
    const expose = 'expose: { kind: SecretStore, namespaces: [a, b] }';
    const loaded = await load(manifest(azure(`${principal}, ${expose}`)));
    expect(loaded.resources.filter(({ kind }) => kind === 'kubernetes.secret').map(({ address }) => address)).toEqual([
      'kubernetes.secret/a/lab-store-s',
      'kubernetes.secret/b/lab-store-s',
    ]);
    expect(resourceAt(loaded, 'external-secrets.secret-store/b/s').spec['provider']).toMatchObject({
      azurekv: { authSecretRef: { clientId: { name: 'lab-store-s', key: 'client-id' } } },
    });
    const store = buildNodes(loaded.resources, kinds).get('external-secrets.secret-store/b/s');
    expect(store?.needs).toContain('kubernetes.secret/b/lab-store-s');
  });

  test('that is exposed to nobody has no credential', async () => {
    const loaded = await load(manifest(azure(`${principal}, expose: none`), []).replace('secrets:\n', ''));
    expect(loaded.resources).toEqual([]);
    expect(loaded.diagnostics).toEqual([]);
  });

  test('warns of a static credential at its line, with every load', async () => {
    const { diagnostics } = await load(manifest(azure()));
    expect(
      diagnostics.map(({ at = '', ...rest }) => ({ ...rest, at: at.replace(/^.*lab\.yaml/, 'lab.yaml') })),
    ).toMatchInlineSnapshot(`
      [
        {
          "at": "lab.yaml:6:62",
          "code": "STATIC_CREDENTIAL",
          "message": "stores.s.auth: a static credential lies in Secret external-secrets/lab-store-s; use workload identity where the cluster has one",
          "severity": "warning",
        },
      ]
    `);
  });

  test("takes the vault's address from its name, or one of Azure's other clouds", async () => {
    const url = (text: string) => manifest(azure(`url: "${text}", ${principal}`));
    const china = await load(
      manifest(azure(`url: "https://my-kv.vault.azure.cn", ${principal}`), [
        'a/x: { readFrom: s, keys: { k: { at: k, value: { env: K } } } }',
      ]),
    );
    expect(resourceAt(china, 'external-secrets.cluster-secret-store/s').spec['provider']).toMatchObject({
      azurekv: { vaultUrl: 'https://my-kv.vault.azure.cn', environmentType: 'ChinaCloud' },
    });
    expect(china.connections['azure']).toMatchObject({ cloud: 'china', vaults: ['my-kv'] });
    for (const elsewhere of ['https://evil.example', 'http://my-kv.vault.azure.net', 'https://other.vault.azure.net']) {
      expect(await complaints(url(elsewhere))).toEqual([
        expect.stringContaining('stores.s.url: is no address of this'),
      ]);
    }
  });

  test('is checked offline', async () => {
    const stores = [
      ['azure-key-vault, manage: existing, name: a--b', principal],
      ['azure-key-vault, manage: existing, name: abc', 'auth: { type: gke }'],
      ['azure-key-vault, manage: existing, name: abc', principal.replace('ID }', 'ID }, tenant: contoso, grant: all')],
      ['aws-secrets-manager, manage: create, region: europe, account: 12', keys],
      ['aws-secrets-manager, region: eu-west-1', 'auth: { type: access-keys, id: AKIA, secret: { generate: {} } }'],
    ].map(([store, auth]) => manifest(`{ type: ${store}, ${auth} }`));
    const all = await Promise.all(stores.map((store) => complaints(store)));
    expect(all.flat()).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:55 stores.s.name: is no name of a key vault; use 3 to 24 letters, digits and single "-", a letter first",
        "lab.yaml:6:74 stores.s.auth.type: "gke" is not supported yet; so far there are service-principal, workload-identity, managed-identity",
        "lab.yaml:6:124 stores.s.auth.tenant: is no id of a tenant; az account show has it as tenantId",
        "lab.yaml:6:140 stores.s.auth.grant: "all" is not the word vault",
        "lab.yaml:6:59 stores.s.region: is no AWS region; write us-east-1",
        "lab.yaml:6:76 stores.s.account: is a number; text is expected; put it in quotes",
        "lab.yaml:6:85 stores.s.auth.id: must name one source: {env: NAME} or {file: PATH}",
        "lab.yaml:6:101 stores.s.auth.secret.generate: is no key here; there are env, file",
      ]
    `);
  });

  test('needs a tenant, at the store or in expect', async () => {
    const without = manifest(azure()).replace(/^expect: .*\n/m, '');
    expect(await complaints(without)).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:62 stores.s.auth: tenant is missing; write it here, or in expect.azure.tenant",
      ]
    `);
    const own = without.replace('service-principal,', `service-principal, tenant: ${tenant.toUpperCase()},`);
    expect(await provider(own)).toMatchObject({ azurekv: { tenantId: tenant } });
  });
});

describe('a value in a cloud', () => {
  const entry = (at: string, value = 'value: { env: V }', name = 'x') =>
    `a/${name}: { readFrom: s, keys: { k: { at: "${at}", ${value} } } }`;

  test('is one secret of the vault, whatever its spelling', async () => {
    const { resources } = await load(manifest(azure(), [entry('Foo-1'), entry('foo-1', 'value: { env: V }', 'y')]));
    const written = resources.filter(({ kind }) => kind === 'azure.key-vault-secret');
    expect(written.map(({ address, spec }) => ({ address, ...sources(spec) }))).toEqual([
      { address: 'azure.key-vault-secret/my-kv/foo-1', value: { from: 'env', name: 'V' } },
    ]);
    const reader = resources.find(({ address }) => address === 'external-secrets.external-secret/a/x');
    expect(reader).toMatchObject({
      spec: { data: [{ key: 'k', remote: { key: 'Foo-1' } }] },
      dependsOn: ['azure.key-vault-secret/my-kv/foo-1'],
    });
  });

  test('of AWS is the whole secret, or properties of one', async () => {
    const pair =
      'a/y: { readFrom: s, keys: { i: { at: "p/q#id", value: { env: I } }, j: { at: "p/q#key", value: { env: J } } } }';
    const loaded = await load(manifest(aws(), [entry('w'), pair]));
    expect(sources(resourceAt(loaded, 'aws.secrets-manager-secret/eu-west-1/w').spec)).toEqual({
      value: { from: 'env', name: 'V' },
    });
    expect(sources(resourceAt(loaded, 'aws.secrets-manager-secret/eu-west-1/p%2Fq').spec['properties'])).toEqual({
      id: { from: 'env', name: 'I' },
      key: { from: 'env', name: 'J' },
    });
    expect(resourceAt(loaded, 'external-secrets.external-secret/a/y')).toMatchObject({
      spec: { data: [{ remote: { key: 'p/q', property: 'id' } }, { remote: { key: 'p/q', property: 'key' } }] },
      dependsOn: ['aws.secrets-manager-secret/eu-west-1/p%2Fq'],
    });
  });

  test('is not written whole by one and in parts by another', async () => {
    expect(
      await complaints(manifest(aws(), [entry('k'), entry('k#p', 'value: { env: P }', 'y')])),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:9:61 secrets["a/y"].keys.k.value.env: aws.secrets-manager-secret/eu-west-1/k gets p here and is written whole at secrets["a/x"].keys.k.value.env (lab.yaml:8:59)",
      ]
    `);
    expect(await complaints(manifest(aws(), [entry('k'), entry('k#p', 'decode: None', 'y')]))).toEqual([]);
  });

  test('that is one property of a secret in a key vault is read, and not written yet', async () => {
    expect(await complaints(manifest(azure(), [entry('k#p', 'decode: None')]))).toEqual([]);
    expect(await complaints(manifest(azure(), [entry('k#p')]))).toMatchInlineSnapshot(`
      [
        "lab.yaml:8:61 secrets["a/x"].keys.k.value.env: writing one property of a secret in a key vault is not supported yet; write it whole, at KEY without "#"",
      ]
    `);
  });

  test("has a name in its store's own grammar", async () => {
    for (const at of ['a', '0-A', 'a#b.c_d', 'x'.repeat(127)]) {
      expect(await complaints(manifest(azure(), [entry(at, 'decode: None')]))).toEqual([]);
    }
    for (const at of ['a/b_c+d=e.f@g-h', 'a#b', 'x'.repeat(512)]) {
      expect(await complaints(manifest(aws(), [entry(at, 'decode: None')]))).toEqual([]);
    }
    const wrong = await Promise.all([
      ...['a/b', 'a_b', '#b', 'a#', 'a#b#c', 'x'.repeat(128)].map((at) => complaints(manifest(azure(), [entry(at)]))),
      ...['a b', 'a:b', 'a#*', 'a#b|c', 'x'.repeat(513)].map((at) => complaints(manifest(aws(), [entry(at)]))),
    ]);
    expect(wrong.flat().map((text) => text.replace(/x{100,}/, 'xxx…'))).toMatchInlineSnapshot(`
      [
        "lab.yaml:8:40 secrets["a/x"].keys.k.at: "a/b" cannot name a secret in a key vault; use letters, digits and "-", at most 127",
        "lab.yaml:8:40 secrets["a/x"].keys.k.at: "a_b" cannot name a secret in a key vault; use letters, digits and "-", at most 127",
        "lab.yaml:8:40 secrets["a/x"].keys.k.at: "" cannot name a secret in a key vault; use letters, digits and "-", at most 127",
        "lab.yaml:8:40 secrets["a/x"].keys.k.at: "" cannot be a property; use letters, digits, "-", "_" and "."",
        "lab.yaml:8:40 secrets["a/x"].keys.k.at: "b#c" cannot be a property; use letters, digits, "-", "_" and "."",
        "lab.yaml:8:40 secrets["a/x"].keys.k.at: "xxx…" cannot name a secret in a key vault; use letters, digits and "-", at most 127",
        "lab.yaml:8:40 secrets["a/x"].keys.k.at: "a b" cannot name a secret in AWS; use letters, digits and / _ + = . @ -, at most 512",
        "lab.yaml:8:40 secrets["a/x"].keys.k.at: "a:b" cannot name a secret in AWS; use letters, digits and / _ + = . @ -, at most 512",
        "lab.yaml:8:40 secrets["a/x"].keys.k.at: "*" cannot be a property; use letters, digits, "-", "_" and "."",
        "lab.yaml:8:40 secrets["a/x"].keys.k.at: "b|c" cannot be a property; use letters, digits, "-", "_" and "."",
        "lab.yaml:8:40 secrets["a/x"].keys.k.at: "xxx…" cannot name a secret in AWS; use letters, digits and / _ + = . @ -, at most 512",
      ]
    `);
  });
});
