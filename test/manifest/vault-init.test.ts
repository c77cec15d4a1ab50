import { expect, test } from 'vitest';
import { complaintsAbout, expanded, resourceAt } from './support/load.ts';

const text = (init: string, more = '') => `apiVersion: lab/v1
name: demo
cluster: { context: c }
stores:
  a: { type: kubernetes, namespace: a, expose: none }
  shown: { type: kubernetes, namespace: s, expose: { kind: ClusterSecretStore, namespaces: all }, auth: { type: service-account, serviceAccount: x/y } }
  inside: { type: vault, mount: secret, expose: none }
vault:
  address: https://vault
  login: { auth: kubernetes, role: lab }
  init: ${init}
  policies: { lab: { hcl: x y } }
  auth: { kubernetes: { type: kubernetes, host: "https://k", roles: { lab: { serviceAccounts: [sys/lab], policies: [lab] } } } }
${more}`;

const good =
  '{ shares: 3, threshold: 2, custodians: [{ store: a, shares: 1 }, { pgp: k.asc, file: s.asc, shares: 2 }] }';

test('init comes to a server, the end of its root token, and the service accounts that lab logs in as', async () => {
  const manifest = await expanded(text(good));
  expect(resourceAt(manifest, 'vault.server/main')).toMatchObject({
    ownership: 'contributed',
    spec: { shares: 3, threshold: 2, custodians: ['1 × a', '2 × k.asc'], escrow: 'complete', service: 'unsealed' },
    dependsOn: ['kubernetes.namespace/a', 'kubernetes.service-account/sys/lab'],
  });
  expect(resourceAt(manifest, 'vault.policy/lab').dependsOn).toEqual(['kubernetes.service-account/sys/lab']);
  expect(resourceAt(manifest, 'vault.root-revocation/main').dependsOn).toEqual(
    expect.arrayContaining(['vault.kubernetes-auth-role/kubernetes/lab', 'kubernetes.service-account/sys/lab']),
  );
  expect(resourceAt(manifest, 'vault.root-revocation/main').spec).toEqual({
    manages: expect.objectContaining({
      'sys/policies/acl/lab': ['delete', 'read', 'update'],
      'sys/auth/kubernetes': ['delete', 'sudo', 'update'],
      'auth/kubernetes/config': ['read', 'update'],
      'auth/kubernetes/role/lab': ['create', 'delete', 'read', 'update'],
      'auth/token/revoke-accessor': ['update'],
    }),
  });
  expect(manifest.connections['vault']).toMatchObject({
    login: {
      apply: {
        auth: 'kubernetes',
        path: 'kubernetes',
        role: 'lab',
        serviceAccount: { namespace: 'sys', name: 'lab' },
        madeHere: true,
      },
    },
    init: {
      prefix: 'lab-vault-demo-default',
      custodians: [{ keeper: 'kubernetes', place: 'a' }, { keeper: 'person' }],
    },
  });
});

test('who can unseal alone is named in every plan', async () => {
  expect((await expanded(text(good))).diagnostics).toMatchObject([
    { severity: 'warning', code: 'ONE_CUSTODIAN', message: expect.stringContaining('k.asc can unseal Vault alone') },
  ]);
});

test('an age file needs no store, and who has its identity is named', async () => {
  const recipient = `age1${'q'.repeat(58)}`;
  const init = `{ shares: 3, threshold: 2, custodians: [{ ageFile: escrow/k.age, recipient: ${recipient}, shares: 3 }] }`;
  const manifest = await expanded(text(init));
  expect(manifest.diagnostics).toMatchObject([
    { code: 'ONE_CUSTODIAN', message: expect.stringContaining(`${recipient} (escrow/k.age) can unseal Vault alone`) },
  ]);
  expect(Object(manifest.connections['vault']).init.custodians).toMatchObject([
    { keeper: 'age', place: expect.stringMatching(/\/escrow\/k\.age$/), name: 'escrow/k.age', recipient, shares: 3 },
  ]);
});

test('rootToken: keep leaves the root token', async () => {
  const { resources } = await expanded(text(good.replace('shares: 3', 'rootToken: keep, shares: 3')));
  expect(resources.map(({ kind }) => kind)).not.toContain('vault.root-revocation');
});

test.each([
  ['{ shares: 2, threshold: 2, custodians: [{ store: a, shares: 1 }] }', /keep 1 shares together, and there are 2/],
  ['{ shares: 2, threshold: 3, custodians: [{ store: a, shares: 2 }] }', /threshold: is more than there are shares/],
  ['{ shares: 2, threshold: 1, custodians: [{ store: a, shares: 2 }] }', /threshold: must be at least 2/],
  [
    '{ shares: 1, threshold: 1, custodians: [{ pgp: k.asc, file: s.asc, shares: 1 }] }',
    /need one store or age file at least/,
  ],
  ['{ shares: 1, threshold: 1, custodians: [{ store: b, shares: 1 }] }', /stores has no entry b/],
  ['{ shares: 1, threshold: 1, custodians: [{ store: shown, shares: 1 }] }', /is exposed to External Secrets/],
  [
    '{ shares: 1, threshold: 1, custodians: [{ store: inside, shares: 1 }] }',
    /in the Vault that its shares would open/,
  ],
  [
    '{ shares: 2, threshold: 2, custodians: [{ store: a, shares: 1 }, { store: a, shares: 1 }] }',
    /custodians: name a twice: say once how many shares it keeps/,
  ],
  [
    '{ shares: 1, threshold: 1, custodians: [{ ageFile: k.age, recipient: age1short, shares: 1 }] }',
    /age-keygen, age1…/,
  ],
  ['{ shares: 1, threshold: 1, custodians: [{ pgp: ../k.asc, file: s.asc, shares: 1 }] }', /custodians/],
])('%s is refused', async (init, complaint) => {
  expect((await complaintsAbout(text(init))).join('\n')).toMatch(complaint);
});

test('a login that nobody could make is refused before anything is initialised', async () => {
  const token = text(good).replace('{ auth: kubernetes, role: lab }', '{ auth: token, token: { env: T } }');
  expect((await complaintsAbout(token)).join('\n')).toMatch(/a token cannot be there before Vault is initialised/);
  const stranger = text(good).replace('role: lab }', 'role: other, serviceAccount: sys/lab }');
  expect((await complaintsAbout(stranger)).join('\n')).toMatch(/no role other: once the root token is revoked nobody/);
  const nobody = text(good).replace('role: lab }', 'role: other }');
  expect((await complaintsAbout(nobody)).join('\n')).toMatch(/serviceAccount is missing/);
});

test('External Secrets is a stranger to an escrow: what it is in the cluster, and what it logs in as in that cloud', async () => {
  const identity = 'auth: { type: workload-identity, serviceAccount: eso/azure, identity: { create: eso } }';
  const yaml = text(
    '{ shares: 2, threshold: 2, custodians: [{ store: a, shares: 1 }, { store: hidden, shares: 1 }] }',
  ).replace(
    'stores:',
    `expect: { azure: { tenant: 7c1e0000-0000-0000-0000-000000000001, subscription: 7c1e0000-0000-0000-0000-000000000002 } }
install: { external-secrets: { mode: expected, namespace: eso, serviceAccount: operator } }
secrets: { app/x: { readFrom: open, keys: { k: { at: x } } } }
stores:
  hidden: { type: azure-key-vault, manage: existing, name: escrow-kv, expose: none }
  open: { type: azure-key-vault, manage: create, name: open-kv, resourceGroup: { existing: lab }, location: westeurope, ${identity} }`,
  );
  const manifest = await expanded(yaml);
  expect(Object(manifest.connections['vault']).init.custodians).toMatchObject([
    {
      name: 'a',
      strangers: [
        { namespace: 'eso', name: 'operator' },
        { namespace: 'eso', name: 'azure' },
        { namespace: 'x', name: 'y' },
      ],
    },
    { name: 'hidden', strangers: [{ namespace: 'eso', name: 'azure' }] },
  ]);
});
