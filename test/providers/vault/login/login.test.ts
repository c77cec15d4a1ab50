import { describe, expect, onTestFinished, test } from 'vitest';
import type { LoginConfig } from '../../../../src/providers/vault/login/config.ts';
import { openLogin } from '../../../../src/providers/vault/login/login.ts';
import { openTransport } from '../../../../src/providers/vault/transport.ts';
import { reveal, secret } from '../../../../src/secrets/secret.ts';
import { noPorts } from '../../../support/no-ports.ts';
import { type Reply, stubServer } from '../stub-server.ts';

const letIn: Reply = { status: 200, body: { auth: { client_token: 'hvs.given' } } };
const source = (name: string) => ({ from: 'env', name }) as const;
const jwt: LoginConfig = { auth: 'jwt', path: 'ci/jwt', role: 'lab', token: source('JWT') };

const logIn = async (login: LoginConfig, reply: Reply, env: Record<string, string> = { JWT: 'a.b.c' }) => {
  const { address, received } = await stubServer(() => reply);
  const { signal } = new AbortController();
  const transport = await openTransport({ caFile: undefined, signal });
  onTestFinished(() => transport.close());
  const context = {
    env,
    ports: {
      ...noPorts,
      tokens: async () => ({ token: async () => secret('cluster.jwt.token') }),
    },
    resolve: async (from: { readonly from: string; readonly name?: string }) => {
      const value = env[from.name ?? ''];
      return value === undefined ? undefined : secret(value);
    },
  };
  const token = openLogin(login, { address, transport, context, signal, pauses: [0, 0] }).token();
  return { received, outcome: await token.then(reveal, (error: unknown) => error) };
};

describe('a login', () => {
  test.each<[LoginConfig, string, object, Record<string, string>]>([
    [jwt, '/v1/auth/ci/jwt/login', { role: 'lab', jwt: 'a.b.c' }, { JWT: 'a.b.c' }],
    [
      { auth: 'app-role', path: 'approle', roleId: source('ROLE'), secretId: source('SECRET') },
      '/v1/auth/approle/login',
      { role_id: 'r', secret_id: 's' },
      { ROLE: 'r', SECRET: 's' },
    ],
    [
      { auth: 'kubernetes', path: 'k8s', role: 'lab', serviceAccount: { namespace: 'n', name: 'a' }, audiences: ['v'] },
      '/v1/auth/k8s/login',
      { role: 'lab', jwt: 'cluster.jwt.token' },
      {},
    ],
  ])('by %j sends its proof once, and nothing else', async (login, url, body, env) => {
    const { received, outcome } = await logIn(login, letIn, env);
    expect(outcome).toBe('hvs.given');
    expect(received).toMatchObject([{ method: 'POST', url, body: JSON.stringify(body) }]);
    expect(received[0]?.headers).not.toHaveProperty('x-vault-token');
  });

  test.each([400, 403, 500])(
    'that Vault refuses with %i is UNAUTHENTICATED in its words, without the proof',
    async (status) => {
      const { outcome } = await logIn(jwt, { status, body: { errors: ['invalid role name "lab"'] } });
      expect(outcome).toMatchObject({
        code: 'UNAUTHENTICATED',
        message: expect.stringContaining(`role lab of auth/ci/jwt (${status}: invalid role name "lab")`),
      });
      expect(JSON.stringify(outcome, Object.getOwnPropertyNames(outcome))).not.toContain('a.b.c');
    },
  );

  test('whose source has nothing is MISSING_SOURCE, and nothing is sent', async () => {
    const { outcome, received } = await logIn(jwt, letIn, {});
    expect(outcome).toMatchObject({ code: 'MISSING_SOURCE', message: expect.stringContaining('env JWT has none') });
    expect(received).toEqual([]);
  });

  test('is not sent on to another host', async () => {
    const other = await stubServer(() => letIn);
    const { outcome } = await logIn(jwt, {
      status: 307,
      headers: { location: `${other.address}/v1/auth/ci/jwt/login` },
    });
    expect(outcome).toMatchObject({ code: 'UNREACHABLE' });
    expect(other.received).toEqual([]);
  });
});
