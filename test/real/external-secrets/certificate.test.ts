import { createPrivateKey, X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, expect, inject, test } from 'vitest';
import { externalSecrets } from '../../../src/providers/external-secrets/index.ts';
import { kubernetes } from '../../../src/providers/kubernetes/index.ts';
import { expanded } from '../../manifest/support/load.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan } from '../../support/world.ts';
import { type Stranger, stranger, uniqueName } from '../kubernetes/cluster.ts';
import { opensslVerify } from '../vault/openssl.ts';
import { stranger as vaultCall } from '../vault/server.ts';
import { connectOperator } from './operator.ts';

// A Secret with a certificate that Vault issues: what `secrets.NS/NAME.certificate` comes to, with a token as the login.

const { vault } = inject('servers');
const namespace = uniqueName('tls');
const [above, below] = [uniqueName('root'), uniqueName('pki')];
let someone: Stranger;
beforeAll(async () => {
  someone = await stranger();
  await someone('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  const token = { metadata: { name: 'token' }, stringData: { token: vault.token } };
  await someone('POST', `/api/v1/namespaces/${namespace}/secrets`, token);
  for (const mount of [above, below]) await vaultCall('POST', `sys/mounts/${mount}`, { type: 'pki' });
  await vaultCall('POST', `${above}/root/generate/internal`, {
    common_name: 'Lab root',
    issuer_name: 'root',
    key_type: 'ec',
  });
  const { body: request } = await vaultCall('POST', `${below}/intermediate/generate/internal`, {
    common_name: 'Lab',
    key_type: 'ec',
  });
  const asked = { csr: request.data.csr, common_name: 'Lab', ttl: '700h' };
  const { body: signed } = await vaultCall('POST', `${above}/issuer/root/sign-intermediate`, asked);
  await vaultCall('POST', `${below}/intermediate/set-signed`, { certificate: signed.data.ca_chain.join('\n') });
  await vaultCall('POST', `${below}/roles/lab`, {
    allowed_domains: 'lab.internal',
    allow_subdomains: true,
    key_type: 'ec',
  });
});

const manifest = () => `apiVersion: lab/v1
name: demo
cluster: { context: c }
stores: { vault: { type: vault, mount: secret, auth: { type: kubernetes, path: kubernetes, role: r, serviceAccount: a/b }, expose: none } }
secrets: { ${namespace}/app: { certificate: { role: ${below}/lab, commonName: app.lab.internal, ttl: 72h }, refresh: 24h } }
vault: { address: "${vault.address}", plaintext: loopback, login: { auth: token, token: { env: T } } }
`;

/** What the manifest comes to, with the token of these tests in the place of the login. */
const given = async () => {
  const { resources } = await expanded(manifest());
  return resources
    .filter(({ kind }) => kind !== 'kubernetes.service-account' && !kind.startsWith('external-secrets.cluster'))
    .map((resource) => {
      if (resource.kind !== 'kubernetes.object') return { ...resource, dependsOn: [] };
      const spec = JSON.parse(JSON.stringify(resource.spec));
      spec.object.spec.provider.auth = { tokenSecretRef: { name: 'token', key: 'token' } };
      return { ...resource, spec, dependsOn: [] };
    });
};

/** External Secrets may look at a new object twice, and each look issues a certificate: the one that stays. */
const settled = async (): ReturnType<Stranger> => {
  const path = `/api/v1/namespaces/${namespace}/secrets/app`;
  const seen = await someone('GET', path);
  await sleep(1_500);
  const now = await someone('GET', path);
  return isDeepStrictEqual(seen.data, now.data) ? now : settled();
};

test('is a Secret of type kubernetes.io/tls whose chain openssl accepts, and idle after that', async () => {
  const bench: Bench = {
    kinds: [...kubernetes.kinds, ...externalSecrets.kinds],
    connections: await connectOperator(),
    store: memoryStore(),
    desk: deskFrom({}, async () => undefined),
  };
  const resources = await given();
  expect(await applyAll(bench, resources)).toMatchObject({ failed: [], diagnostics: [] });
  const made = await settled();
  expect(made).toMatchObject({ type: 'kubernetes.io/tls' });
  const text = (key: string) => Buffer.from(made.data?.[key] ?? '', 'base64').toString('utf8');
  expect(Object.keys(made.data ?? {}).toSorted()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);

  const shown = text('tls.crt').match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
  const [leaf = '', ...between] = shown;
  expect(between).toHaveLength(1);
  const root = text('ca.crt');
  expect(await opensslVerify({ root, above: between, leaf, host: 'app.lab.internal' })).toBe('leaf: OK');
  expect(new X509Certificate(leaf).checkPrivateKey(createPrivateKey(text('tls.key')))).toBe(true);
  expect(new X509Certificate(root).subject).toBe('CN=Lab root');

  const writes = bench.connections.map((connection) => connection.writes());
  expect((await plan(bench, resources)).summary).toMatchObject({ create: 0, update: 0, none: resources.length });
  await applyAll(bench, resources);
  expect(bench.connections.map((connection) => connection.writes())).toEqual(writes);
  expect((await settled()).data).toEqual(made.data);
});
