import { expect, test } from 'vitest';
import { complaintsAbout, expanded, resourceAt } from './support/load.ts';

interface Said {
  readonly secret?: string;
  readonly stores?: string;
  readonly role?: string;
  readonly login?: string;
}

const store =
  '{ type: vault, mount: secret, auth: { type: kubernetes, path: kubernetes, role: eso, serviceAccount: eso/eso, audiences: [vault] }, expose: { kind: ClusterSecretStore, namespaces: all } }';

const manifest = ({
  secret = 'dynamic: { role: database/app-rw }, refresh: 20m',
  stores = `vault: ${store}`,
  role = 'connection: app, create: SQL, ttl: 1h',
  login = 'serviceAccounts: [shop/db], policies: [], ttl: 1h',
}: Said = {}) => `apiVersion: lab/v1
name: demo
cluster: { context: c }
stores: { ${stores} }
secrets:
  shop/db: { ${secret} }
vault:
  address: https://v
  login: { auth: token, token: { env: T } }
  mounts:
    secret: { type: kv-v2 }
    database: { type: database, connections: { app: { plugin: postgresql, url: u, username: u } }, roles: { app-rw: { ${role} } } }
  auth: { kubernetes: { type: kubernetes, host: "https://api", roles: { eso: { ${login} } } } }
`;

const generator = 'kubernetes.object/generators.external-secrets.io/VaultDynamicSecret/shop/db';
const secret = 'external-secrets.external-secret/shop/db';

test('is a generator that logs in as an account of its own namespace, and the ExternalSecret that it feeds', async () => {
  const loaded = await expanded(manifest());
  expect(resourceAt(loaded, 'kubernetes.service-account/shop/db').ownership).toBe('contributed');
  expect(resourceAt(loaded, generator)).toMatchObject({
    spec: {
      object: {
        apiVersion: 'generators.external-secrets.io/v1alpha1',
        spec: {
          path: 'database/creds/app-rw',
          provider: {
            server: 'https://v',
            version: 'v2',
            auth: {
              kubernetes: {
                mountPath: 'kubernetes',
                role: 'eso',
                serviceAccountRef: { name: 'db', audiences: ['vault'] },
              },
            },
          },
        },
      },
    },
    dependsOn: [
      'kubernetes.service-account/shop/db',
      'vault.database-role/database/app-rw',
      'vault.kubernetes-auth-role/kubernetes/eso',
    ],
  });
  expect(resourceAt(loaded, secret)).toMatchObject({
    spec: { refresh: 1200, generator: { kind: 'VaultDynamicSecret', name: 'db' }, target: { name: 'db' } },
    dependsOn: [generator],
  });
  expect(Object.keys(resourceAt(loaded, secret).spec)).not.toContain('store');
});

test('may say whose login it is, and what the Secret is made like', async () => {
  const loaded = await expanded(
    manifest({
      secret:
        'dynamic: { role: database/app-rw, store: vault, serviceAccount: runner, login: other }, refresh: 20m, template: { url: "{{ .username }}" }',
    }),
  );
  expect(JSON.stringify(resourceAt(loaded, generator).spec)).toContain(
    '"role":"other","serviceAccountRef":{"name":"runner"',
  );
  expect(resourceAt(loaded, secret).spec['target']).toMatchObject({ template: { data: { url: '{{ .username }}' } } });
});

test('the role may be one that this manifest does not make', async () => {
  expect(await complaintsAbout(manifest({ secret: 'dynamic: { role: elsewhere/x }, refresh: 20m' }))).toEqual([]);
});

test.each<[string, Said, string]>([
  [
    'half the role’s ttl',
    { secret: 'dynamic: { role: database/app-rw }, refresh: 30m' },
    'must be less than half of the ttl of database/app-rw, 1h0m0s',
  ],
  ['the default refresh', { secret: 'dynamic: { role: database/app-rw }' }, 'refresh is 1h0m0s; it must be less'],
  ['no refresh at all', { secret: 'dynamic: { role: database/app-rw }, refresh: 0' }, 'refresh 0 never asks again'],
  [
    'a login that ends earlier',
    { login: 'serviceAccounts: [shop/db], policies: [], ttl: 20m' },
    'half of the ttl of the login role eso, 20m0s',
  ],
  [
    'an account that is not let in',
    { login: 'serviceAccounts: [shop/web], policies: [], ttl: 1h' },
    'logs in as shop/db, which vault.auth.kubernetes.roles.eso does not let in',
  ],
  [
    'a role that is not there',
    { secret: 'dynamic: { role: database/app-ro }, refresh: 1m' },
    'database has no role app-ro. Did you mean app-rw?',
  ],
  [
    'a mount of another type',
    { secret: 'dynamic: { role: secret/x }, refresh: 1m' },
    'secret is of type kv-v2, not database',
  ],
  ['no store to log in like', { stores: '' }, 'needs a store of type vault'],
  ['two of them', { stores: `vault: ${store}, again: ${store}` }, 'needs store: one of vault, again'],
  [
    'one that is none',
    { secret: 'dynamic: { role: database/app-rw, store: valt }, refresh: 1m' },
    'is no store of type vault. Did you mean vault?',
  ],
  [
    'keys beside it',
    { secret: 'dynamic: { role: database/app-rw }, readFrom: vault, keys: { a: { at: "b#c" } }' },
    'takes the place of readFrom and keys',
  ],
  ['neither', { secret: 'refresh: 1m' }, 'readFrom: is missing; the name of a store is expected'],
  ['half a role', { secret: 'dynamic: { role: app-rw }' }, 'is not MOUNT/ROLE'],
])('%s is a complaint at its line', async (_, said, text) => {
  const complaints = await complaintsAbout(manifest(said));
  expect(complaints.join('\n')).toContain(text);
  expect(complaints.every((line) => line.startsWith('lab.yaml:6:') || line.startsWith('lab.yaml:4:'))).toBe(true);
});
