import { createSign, generateKeyPairSync } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { vault } from '../../../src/providers/vault/index.ts';
import { config, context, stranger, uniqueName } from './server.ts';

const policy = 'path "sys/policies/acl/*" { capabilities = ["read", "create", "update"] }';

const grantedPolicy = async (): Promise<string> => {
  const name = uniqueName('login');
  await stranger('POST', `sys/policies/acl/${name}`, { policy });
  return name;
};

const connectBy = async (login: object, env: Record<string, string>) => {
  const connection = await vault.connect({ ...config(), login: { plan: login, apply: login } }, context(env));
  onTestFinished(() => connection.close());
  return connection.kind('vault.policy');
};

/** An AppRole of its own, and how to log in by it. */
const appRole = async () => {
  const mount = uniqueName('approle');
  await stranger('POST', `sys/auth/${mount}`, { type: 'approle' });
  await stranger('POST', `auth/${mount}/role/lab`, { token_policies: [await grantedPolicy()] });
  const { body: role } = await stranger('GET', `auth/${mount}/role/lab/role-id`);
  const { body: made } = await stranger('POST', `auth/${mount}/role/lab/secret-id`, {});
  const source = (name: string) => ({ from: 'env', name });
  return {
    mount,
    login: { auth: 'app-role', path: mount, roleId: source('ROLE'), secretId: source('SECRET') },
    env: { ROLE: role.data.role_id, SECRET: made.data.secret_id },
  };
};

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test('by AppRole lab is let in, once a run', async () => {
  const { login, env } = await appRole();
  const kind = await connectBy(login, env);
  expect(await kind.read(['default'], {})).toMatchObject({ exists: 'yes' });
  expect(await kind.read([uniqueName('no-such')], {})).toEqual({ exists: 'no' });
});

test('by JWT lab is let in', async () => {
  const mount = uniqueName('jwt');
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await stranger('POST', `sys/auth/${mount}`, { type: 'jwt' });
  await stranger('POST', `auth/${mount}/config`, {
    jwt_validation_pubkeys: [publicKey.export({ type: 'spki', format: 'pem' })],
  });
  const role = {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: ['vault'],
    token_policies: [await grantedPolicy()],
  };
  await stranger('POST', `auth/${mount}/role/lab`, role);
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'ci', sub: 'pipeline', aud: 'vault', iat: now, nbf: now, exp: now + 300 };
  const head = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(claims)}`;
  const jwt = `${head}.${createSign('RSA-SHA256').update(head).sign(privateKey, 'base64url')}`;
  const login = { auth: 'jwt', path: mount, role: 'lab', token: { from: 'env', name: 'JWT' } };
  const kind = await connectBy(login, { JWT: jwt });
  expect(await kind.read(['default'], {})).toMatchObject({ exists: 'yes' });

  const stranded = await connectBy({ ...login, role: 'no-such-role' }, { JWT: jwt });
  await expect(stranded.read(['default'], {})).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
    message: expect.stringContaining(`role no-such-role of auth/${mount}`),
  });
});

test('a token that dies midway is renewed by logging in again, and what it was sent for is done once', async () => {
  const { mount, login, env } = await appRole();
  const kind = await connectBy(login, env);
  expect(await kind.read(['default'], {})).toMatchObject({ exists: 'yes' });
  // Ends every token that came by this AppRole.
  expect((await stranger('POST', `sys/leases/revoke-prefix/auth/${mount}/login`, { sync: true })).status).toBe(204);
  const name = uniqueName('renewed');
  const request = {
    id: [name],
    spec: { paths: { 'kv/*': ['read'] } },
    live: { exists: 'no' } as const,
    fingerprints: {},
    removed: [],
  };
  await kind.write(request);
  expect((await stranger('GET', `sys/policies/acl/${name}`)).status).toBe(200);
});
