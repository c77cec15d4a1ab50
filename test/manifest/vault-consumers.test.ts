import { expect, test } from 'vitest';
import { expanded } from './support/load.ts';

const manifest = (stores: string, secrets: string, vault = '  mounts: { kv: { type: kv-v2 } }\n') => `apiVersion: lab/v1
name: demo
cluster: { context: c }
install: { external-secrets: { mode: expected, namespace: eso } }
stores: { ${stores} }
secrets: { ${secrets} }
vault:
  address: https://v
  login: { auth: token, token: { env: T } }
${vault}`;

const store = (expose: string, account = 'eso/eso') =>
  `vault: { type: vault, mount: kv, expose: ${expose}, auth: { type: kubernetes, path: k8s, role: reader, serviceAccount: ${account} } }`;

const consumersOf = async (yaml: string) => {
  const { connections } = await expanded(yaml);
  return Object(connections['vault']).consumers;
};

test('who reads through a store, or has something made, is a consumer of the role that logs in', async () => {
  const found = await consumersOf(
    manifest(
      store('{ kind: ClusterSecretStore, namespaces: auto }'),
      `app/db: { readFrom: vault, keys: { a: { at: "team/db#a" }, b: { at: "team/db#b" } } },
       app/user: { dynamic: { role: db/rw, login: users }, refresh: 1m },
       app/tls: { certificate: { role: pki/lab, commonName: a.b, ttl: 1h }, refresh: 5m }`,
    ),
  );
  expect(found).toEqual([
    {
      mount: 'k8s',
      role: 'reader',
      account: { namespace: 'eso', name: 'eso' },
      path: 'kv/data/team/db',
      capability: 'read',
      needs: 'external-secrets.external-secret/app/db',
    },
    {
      mount: 'k8s',
      role: 'users',
      account: { namespace: 'app', name: 'user' },
      path: 'db/creds/rw',
      capability: 'read',
      needs: 'kubernetes.object/generators.external-secrets.io/VaultDynamicSecret/app/user',
    },
    {
      mount: 'k8s',
      role: 'reader',
      account: { namespace: 'app', name: 'tls' },
      path: 'pki/issue/lab',
      capability: 'update',
      needs: 'kubernetes.object/generators.external-secrets.io/VaultDynamicSecret/app/tls',
    },
  ]);
});

test('a SecretStore logs in as a service account of its own namespace', async () => {
  const yaml = manifest(
    store('{ kind: SecretStore, namespaces: [app] }', 'app/reader'),
    'app/db: { readFrom: vault, keys: { a: { at: "team/db#a" } } }',
  );
  expect(await consumersOf(yaml)).toMatchObject([{ account: { namespace: 'app', name: 'reader' } }]);
});

test('without External Secrets there is nobody', async () => {
  expect(await consumersOf(manifest('', ''))).toBeUndefined();
});

const warnings = async (policies: string) => {
  const loaded = await expanded(
    manifest('', '', `  mounts: { secret: { type: kv-v2 }, db: { type: database } }\n  policies: { ${policies} }\n`),
  );
  return loaded.diagnostics
    .filter(({ code }) => code === 'KV_PATH')
    .map(({ message }) => message.replace('vault.policies.', ''));
};

test('a policy that leaves out data/ is named, with the right path', async () => {
  expect(
    await warnings(
      `wrong: { paths: { secret/app/*: [read] } }, listed: { paths: { secret/app/*: [list, read], secret/names: [list] } },
      text: { hcl: "path \\"secret/app\\" { capabilities = [\\"read\\"] }" }`,
    ),
  ).toEqual([
    'wrong: names secret/app/*, where a KV engine of version 2 has nothing: write secret/data/app/*',
    'listed: names secret/app/*, where a KV engine of version 2 has nothing: write secret/data/app/* and secret/metadata/app/* to list',
    'listed: names secret/names, where a KV engine of version 2 has nothing: write secret/metadata/names to list',
    'text: names secret/app, where a KV engine of version 2 has nothing: write secret/data/app',
  ]);
});

test('a policy that leads somewhere is not', async () => {
  expect(
    await warnings(
      `right: { paths: { secret/data/app/*: [read], secret/metadata/*: [list], secret/*: [read], secret/+/app: [read], secret/da*: [read], db/app: [read], secrets/app: [read] } },
      text: { hcl: "# path \\"secret/app\\" {}\\npath \\"secret/data/app\\" {}" }, own: { computed: plan }`,
    ),
  ).toEqual([]);
});
