import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Ports } from '../../../src/engine/ports.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { clusterAccounts } from '../../support/vault-api/cluster-accounts.ts';
import type { ClusterUnderTest } from '../../support/vault-api/kubernetes-auth.ts';
import { sharedCluster } from '../sandbox/shared-cluster.ts';
import { config, context, stranger, uniqueName } from './server.ts';

// What External Secrets does in Vault for the manifest, asked with the token of its own login.

const namespace = uniqueName('consumers');
const mount = uniqueName('kubernetes');
const policy = uniqueName('consumer');
const account = { namespace, name: 'app' };
let cluster: ClusterUnderTest;

beforeAll(async () => {
  const { call, url, authority } = await sharedCluster();
  cluster = clusterAccounts(call, url, authority);
  await cluster.makeAccounts(namespace);
  await stranger('POST', `sys/auth/${mount}`, { type: 'kubernetes' });
  await stranger('POST', `auth/${mount}/config`, {
    kubernetes_host: url,
    kubernetes_ca_cert: authority,
    token_reviewer_jwt: await cluster.token(namespace, 'reviewer'),
  });
  await stranger('POST', `sys/policies/acl/${policy}`, {
    policy: 'path "secret/data/app/*" { capabilities = ["read"] }\npath "pki/issue/lab" { capabilities = ["read"] }',
  });
});

const role = {
  serviceAccountNames: ['app'],
  serviceAccountNamespaces: [namespace],
  policies: [policy],
};

/** The proof of the role `Eso`, for these consumers. */
const proof = async (consumers: readonly object[], more: object = {}) => {
  await stranger('POST', `auth/${mount}/role/eso`, {
    bound_service_account_names: ['app'],
    bound_service_account_namespaces: [namespace],
    token_policies: [policy],
    ...more,
  });
  const ports: Ports = {
    ...context().ports,
    tokens: async () => ({
      token: async (whose, audiences) => secret(await cluster.token(whose.namespace, whose.name, audiences)),
    }),
  };
  const connection = await vault.connect({ ...config(), consumers }, { ...context(), ports });
  onTestFinished(() => connection.close());
  return connection.kind('vault.kubernetes-auth-role').verify([mount, 'eso'], role);
};

const reads = (path: string, capability = 'read', who: object = account) => ({
  mount,
  role: 'Eso',
  account: who,
  path,
  capability,
  needs: `external-secrets.external-secret/${namespace}/db`,
});

const entered = { is: 'proven', check: `login: ${namespace}/app, with ${policy}` };

test('what the consumers of a role need is proven, without reading a value', async () => {
  expect(await proof([reads('secret/data/app/db'), reads('secret/data/app/other')])).toEqual([
    entered,
    { is: 'proven', check: 'may use the 2 paths that External Secrets asks for' },
  ]);
  expect(await proof([])).toEqual([entered]);
});

test('each path that is missing is named, with role, policy and capability', async () => {
  expect(
    await proof([reads('secret/data/other'), reads('pki/issue/lab', 'update'), reads('secret/data/app/db')]),
  ).toEqual([
    entered,
    {
      is: 'failed',
      check: `role Eso: read secret/data/other, for external-secrets.external-secret/${namespace}/db`,
      expected: 'read',
      found: `deny, by policy ${policy}`,
      next: 'Grant it: path "secret/data/other" { capabilities = ["read"] }',
    },
    {
      is: 'failed',
      check: `role Eso: update pki/issue/lab, for external-secrets.external-secret/${namespace}/db`,
      expected: 'update',
      found: `read, by policy ${policy}`,
      next: 'Grant it: path "pki/issue/lab" { capabilities = ["update"] }',
    },
  ]);
});

test('a consumer that the role does not let in is told so', async () => {
  const other = { namespace, name: 'other' };
  expect(await proof([reads('secret/data/app/db', 'read', other)])).toMatchObject([
    entered,
    { is: 'failed', check: `login: ${namespace}/other`, expected: 'is let in' },
  ]);
});

test('a token that may not ask what it may do leaves the question open', async () => {
  expect(await proof([reads('secret/data/app/db')], { token_no_default_policy: true })).toMatchObject([
    entered,
    { is: 'untried', because: expect.stringContaining('`default`') },
  ]);
});
