import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { vault } from '../../../src/providers/vault/index.ts';
import { differences } from '../../../src/providers/vault/product.ts';
import { serverAt } from '../../../src/providers/vault/server/api.ts';
import { rekeyAt } from '../../../src/providers/vault/server/rekey-api.ts';
import { openTransport } from '../../../src/providers/vault/transport.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';
import { startVault, type Vault } from '../../servers/vault.ts';
import { shippedOpenBao } from '../../servers/vault-program.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../../support/world.ts';
import { config, context } from './server.ts';

// An OpenBao as its project ships it: each row of product.ts, and what lab makes of it. That lab works there is for the files of Vault to tell, which run on OpenBao as well.

const root = 'root-of-an-openbao';
let folder: RunFolder;
let bao: Vault;
let bench: Bench;

const device = resource('vault.audit-device/log', { type: 'file', options: { file_path: 'discard' } });

const benchAt = async (address: string): Promise<Bench> => {
  const connection = await vault.connect(config(address), context({ APPLY_TOKEN: root, PLAN_TOKEN: root }));
  const desk = deskFrom({}, async (value) => secret(value));
  return { kinds: vault.kinds, connections: [connection], store: memoryStore(), desk };
};

beforeAll(async () => {
  folder = await createRunFolder();
  bao = await startVault({
    dir: join(folder.dir, 'openbao'),
    mode: { kind: 'dev', rootToken: root },
    program: shippedOpenBao,
  });
  bench = await benchAt(bao.address);
});
afterAll(async () => {
  await bench.connections[0]?.close();
  await bao.stop();
  await folder.remove();
});

const call = async (method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) => {
  const response = await fetch(`${bao.address}/v1/${path}`, {
    method,
    headers: { 'x-vault-token': root, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
};

test('no row of the table is only read', () => {
  for (const { openbao } of Object.values(differences)) expect(openbao.known).toBe('recorded');
});

test('its head names product and version', async () => {
  expect(await bench.connections[0]?.describe()).toBe(`openbao 2.7.2 at ${bao.address} (active)`);
});

test('its own policies are there from the beginning', async () => {
  const { body } = await call('GET', 'sys/policies/acl?list=true');
  expect(body.data.keys.toSorted()).toEqual([...differences.ownPolicies.openbao.value].toSorted());
});

test('an audit device is made by its configuration alone: an apply says what to add there', async () => {
  const { diagnostics } = await applyAll(bench, [device]);
  expect(diagnostics).toMatchObject([
    {
      code: 'REJECTED',
      message: expect.stringContaining('cannot enable audit device via API'),
      next: 'OpenBao takes audit devices from its configuration: add audit "file" "log" { options { file_path = "discard" } } on each server, and send it SIGHUP.',
    },
  ]);
});

test('with that in its configuration the device is used as it is', async () => {
  const dir = join(folder.dir, 'declaring');
  const more = 'audit "file" "log" { options { file_path = "discard" } }';
  const mode = { kind: 'dev', rootToken: root } as const;
  const declaring = await startVault({ dir, mode, program: shippedOpenBao, more });
  const there = await benchAt(declaring.address);
  const used = await applyAll(there, [device]);
  expect(used).toMatchObject({ diagnostics: [], writes: 0 });
  expect(used.plan.changes).toMatchObject([
    { actions: ['none'], ownership: 'used', notes: ['used as it is, not owned'] },
  ]);
  await there.connections[0]?.close();
  await declaring.stop();
});

test('an auth method of type kubernetes cannot be without an authority: read-back.test.ts sees what lab leaves it', async () => {
  await call('POST', 'sys/auth/cluster', { type: 'kubernetes' });
  const nowhere = { kubernetes_host: 'https://removed.invalid', disable_local_ca_jwt: true };
  expect(await call('POST', 'auth/cluster/config', nowhere)).toEqual({
    status: 400,
    body: { errors: ['kubernetes_ca_cert must be given when disable_local_ca_jwt is true'] },
  });
});

test('its description has the roles of CEL in the place of those of jwt, which lab writes all the same', async () => {
  const resources = [
    resource('vault.auth-method/jwt', { type: 'jwt' }),
    resource('vault.jwt-auth-role/jwt/ci', { policies: ['ci'], userClaim: 'sub', audiences: ['lab'] }),
  ];
  expect((await applyAll(bench, resources)).diagnostics).toEqual([]);
  const { body } = await call('GET', 'sys/internal/specs/openapi');
  const words = Object.keys(body.components.schemas.JwtWriteRoleRequest.properties);
  expect(words).toContain('cel_program');
  expect(words).not.toContain('user_claim');
  expect((await plan(bench, resources)).diagnostics).toEqual([]);
  await applyAll(bench, []);
});

test('a field that it does not know is refused by the plan', async () => {
  await call('POST', 'sys/mounts/pki', { type: 'pki' });
  const { diagnostics } = await plan(bench, [resource('vault.pki-crl/pki', { maxEntries: 5 })]);
  expect(diagnostics).toMatchObject([
    { code: 'REJECTED', message: 'openbao 2.7.2 does not know maxEntries and would drop it' },
  ]);
});

test('a dead token and a denied path are two answers', async () => {
  const { body } = await call('POST', 'auth/token/create', { policies: ['default'] });
  const token: string = body.auth.client_token;
  const headers = { 'x-vault-token': token };
  const texts = async () => (await call('GET', 'sys/mounts', undefined, headers)).body.errors;
  expect(await texts()).toEqual(['1 error occurred:\n\t* permission denied\n\n']);
  await call('POST', 'auth/token/revoke-self', {}, headers);
  expect(await texts()).toEqual(['permission denied']);
});

test('a namespace is another world: what lab writes is in the root one, and another is refused', async () => {
  expect((await call('POST', 'sys/namespaces/team', {})).status).toBe(200);
  const inside = { 'x-vault-namespace': 'team' };
  await applyAll(bench, [resource('vault.policy/app', { paths: { 'kv/*': ['read'] } })]);
  expect((await call('GET', 'sys/policies/acl/app')).status).toBe(200);
  expect((await call('GET', 'sys/policies/acl/app', undefined, inside)).status).toBe(404);
  expect((await call('GET', 'sys/mounts', undefined, { 'x-vault-namespace': 'nobody' })).body.errors).toEqual([
    'namespace not found',
  ]);
  const env = { VAULT_NAMESPACE: 'team', APPLY_TOKEN: root, PLAN_TOKEN: root };
  await expect(vault.connect(config(bao.address), context(env))).rejects.toMatchObject({ code: 'GUARD' });
});

test('shares are not handed out anew without a token, and lab says so', async () => {
  const signal = new AbortController().signal;
  const transport = await openTransport({ caFile: undefined, signal });
  const api = rekeyAt(async () => [serverAt(bao.address, { transport, signal })], { transport, signal }, 'shamir');
  await expect(api.status()).rejects.toMatchObject({
    code: 'DENIED',
    message: expect.stringContaining('to nobody without a token (sys/rekey/init)'),
  });
  await transport.close();
  expect((await call('GET', 'sys/generate-root/attempt')).status).toBe(405);
});
