import { beforeAll, describe, expect, test } from 'vitest';
import { answered, type Call, done, forbidden, refused, repeated, uniqueName } from './caller.ts';

const rule = (path: string, ...capabilities: readonly string[]): string =>
  `path "${path}" { capabilities = ${JSON.stringify(capabilities)} }\n`;

/** What a token may do by its policies. */
export const describeRights = (call: Call): void => {
  describe('a token with policies', () => {
    const kv = uniqueName('rights');
    let token: string;
    const as = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => call(method, path, body, { token });
    const capabilities = (...paths: readonly string[]) => as('POST', 'sys/capabilities-self', { paths });

    beforeAll(async () => {
      await call('POST', `sys/mounts/${kv}`, { type: 'kv-v2' });
      const [first, second] = [uniqueName('first'), uniqueName('second')];
      await call('POST', `sys/policies/acl/${first}`, {
        policy:
          rule(`${kv}/data/made`, 'create') +
          rule(`${kv}/data/changed`, 'update') +
          rule(`${kv}/data/+/leaf`, 'read', 'list') +
          rule(`${kv}/data/*`, 'patch') +
          rule(`${kv}/data/closed/*`, 'deny') +
          rule(`${kv}/metadata/`, 'list') +
          rule('sys/auth/*', 'read', 'update') +
          rule('sys/mounts', 'read') +
          rule('nowhere/*', 'read') +
          `path "${kv}/config" { policy = "read" }`,
      });
      await call('POST', `sys/policies/acl/${second}`, { policy: rule(`${kv}/data/*`, 'delete') });
      const made = await call('POST', 'auth/token/create-orphan', { policies: [first, second], ttl: '1h' });
      token = made.body.auth.client_token;
    });

    test('sees its capabilities: exact before globs, segments before prefixes, deny before all', async () => {
      const paths = {
        [`${kv}/data/made`]: ['create'],
        [`${kv}/data/x/leaf`]: ['list', 'read'],
        [`${kv}/data/x/y/leaf`]: ['delete', 'patch'],
        [`${kv}/data/closed/leaf`]: ['deny'],
        [`${kv}/metadata`]: ['deny'],
        [`${kv}/metadata/`]: ['list'],
        [`${kv}/config`]: ['list', 'read'],
        'auth/token/lookup-self': ['read'],
        elsewhere: ['deny'],
      };
      expect(await capabilities(...Object.keys(paths))).toEqual(repeated(paths));
      expect(await capabilities(`${kv}/data/made`)).toEqual(
        repeated({ capabilities: ['create'], [`${kv}/data/made`]: ['create'] }),
      );
      expect(await call('POST', 'sys/capabilities-self', { paths: ['x', 'y'] })).toEqual(
        repeated({ x: ['root'], y: ['root'] }),
      );
      expect(await capabilities()).toEqual(refused(400, 'paths must be supplied'));
    });

    test('create and update are told apart by whether the secret is there', async () => {
      expect((await as('POST', `${kv}/data/made`, { data: {} })).status).toBe(200);
      expect(await as('POST', `${kv}/data/made`, { data: {} })).toEqual(forbidden);
      expect(await as('POST', `${kv}/data/changed`, { data: {} })).toEqual(forbidden);
      await call('POST', `${kv}/data/changed`, { data: {} });
      expect((await as('POST', `${kv}/data/changed`, { data: {} })).status).toBe(200);
      expect(await as('GET', `${kv}/data/changed`)).toEqual(forbidden);
    });

    test('lists a folder with or without its closing slash', async () => {
      const keys = answered('kv', { data: { keys: expect.arrayContaining(['made']) } });
      expect(await as('GET', `${kv}/metadata?list=true`)).toEqual(keys);
      expect(await as('GET', `${kv}/metadata/?list=true`)).toEqual(keys);
    });

    test('needs sudo for auth methods', async () => {
      expect(await as('GET', 'sys/auth/token')).toEqual(forbidden);
      expect(await as('POST', `sys/auth/${uniqueName('none')}`, { type: 'approle' })).toEqual(forbidden);
      expect((await as('GET', 'sys/mounts')).status).toBe(200);
    });

    test('cannot tell what is absent from what is closed to it', async () => {
      expect(await as('GET', `${uniqueName('none')}/x`)).toEqual(forbidden);
      expect(await as('GET', 'nowhere/x')).toEqual(
        refused(404, 'no handler for route "nowhere/x". route entry not found.'),
      );
    });

    test('the namespace header is ignored', async () => {
      const headers = { 'x-vault-namespace': 'team' };
      expect((await call('GET', `${kv}/config`, undefined, { token, headers })).status).toBe(200);
    });

    test('calls of the default policy end with the token', async () => {
      expect(await as('POST', 'auth/token/revoke-self')).toEqual(done);
      expect((await as('GET', 'auth/token/lookup-self')).status).toBe(403);
    });
  });
};
