import { describe, expect, test } from 'vitest';
import { answered, type Call, done, refused, together, uniqueName } from './caller.ts';

const auth = (more: object) => ({
  client_token: expect.stringMatching(/^hvs\./),
  accessor: expect.stringMatching(/^[0-9A-Za-z]{24}$/),
  policies: ['default'],
  token_policies: ['default'],
  metadata: null,
  lease_duration: 2764800,
  renewable: true,
  entity_id: '',
  token_type: 'service',
  orphan: true,
  mfa_requirement: null,
  num_uses: 0,
  ...more,
});

const dead = refused(403, together('permission denied', 'invalid token'));

/** `auth/token`. */
export const describeTokens = (call: Call): void => {
  const create = (body: object, token?: string) =>
    call('POST', 'auth/token/create-orphan', body, token === undefined ? {} : { token });
  const made = async (body: object): Promise<string> => (await create(body)).body.auth.client_token;
  const look = (token: string) => call('GET', 'auth/token/lookup-self', undefined, { token });

  describe('tokens', () => {
    test('without one, or with a wrong one, nothing is told', async () => {
      expect(await call('GET', 'auth/token/lookup-self', undefined, { token: '' })).toEqual(
        refused(403, 'permission denied'),
      );
      expect(await look('hvs.nobody')).toEqual(dead);
      expect(await call('GET', `${uniqueName('none')}/x`, undefined, { token: '' })).toEqual(
        refused(403, 'permission denied'),
      );
    });

    test('an orphan of root has its policies, the default one and a lifetime', async () => {
      const policy = uniqueName('p');
      await call('POST', `sys/policies/acl/${policy}`, { policy: 'path "a" { }' });
      const policies = ['default', policy].toSorted();
      const answer = await create({
        policies: [policy.toUpperCase(), policy],
        ttl: '1h',
        meta: { a: 'b' },
        display_name: 'my tok',
      });
      expect(answer).toEqual(
        answered('token', {
          auth: auth({ policies, token_policies: policies, metadata: { a: 'b' }, lease_duration: 3600 }),
        }),
      );
      const { client_token: id, accessor } = answer.body.auth;
      expect(await look(id)).toEqual(
        answered('token', {
          data: {
            accessor,
            creation_time: expect.any(Number),
            creation_ttl: 3600,
            display_name: 'token-my-tok',
            entity_id: '',
            expire_time: expect.any(String),
            explicit_max_ttl: 0,
            id,
            issue_time: expect.any(String),
            meta: { a: 'b' },
            num_uses: 0,
            orphan: true,
            path: 'auth/token/create-orphan',
            policies,
            renewable: true,
            ttl: expect.any(Number),
            type: 'service',
          },
        }),
      );
      expect((await call('POST', 'auth/token/lookup-accessor', { accessor })).body.data).toMatchObject({
        accessor,
        id: '',
      });
      expect(await call('POST', 'auth/token/revoke-accessor', { accessor })).toEqual(done);
      expect(await look(id)).toEqual(dead);
      expect(await call('POST', 'auth/token/lookup-accessor', { accessor })).toEqual(
        refused(400, together('invalid accessor')),
      );
    });

    test('warnings name policies that do not exist, lifetimes that are cut and fields that are not known', async () => {
      const policy = uniqueName('none');
      const policies = ['default', policy];
      expect(await create({ policies: [policy], ttl: '9999h', frob: 1 })).toEqual(
        answered('token', {
          auth: auth({ policies, token_policies: policies }),
          warnings: expect.arrayContaining([
            `Policy "${policy}" does not exist`,
            'TTL of "9999h" exceeded the effective max_ttl of "768h"; TTL value is capped accordingly',
            'Endpoint ignored these unrecognized parameters: [frob]',
          ]),
        }),
      );
    });

    test('an orphan that asks for no policies is what its maker is', async () => {
      expect(await create({})).toEqual(
        answered('token', {
          auth: auth({ policies: ['root'], token_policies: ['root'], lease_duration: 0, renewable: false }),
        }),
      );
    });

    test('lifetimes must be readable and positive', async () => {
      expect(await create({ policies: ['default'], ttl: 'abc' })).toEqual(refused(400, 'time: invalid duration "abc"'));
      expect(await create({ policies: ['default'], ttl: '-1h' })).toEqual(refused(400, 'ttl must be positive'));
    });

    test('a token can be renewed, within its explicit limit', async () => {
      const token = await made({ policies: ['default'], ttl: '5m', explicit_max_ttl: '10m' });
      const renewed = await call('POST', 'auth/token/renew-self', { increment: '1h' }, { token });
      expect(renewed.body.auth.lease_duration).toBeGreaterThan(595);
      // The effective limit is what is left of the explicit one, in whole seconds: a second may have passed.
      expect(renewed.body.warnings).toEqual([
        expect.stringMatching(
          /^TTL of "1h" exceeded the effective max_ttl of "(10m|9m5\ds)"; TTL value is capped accordingly$/,
        ),
      ]);
      expect((await look(token)).body.data).toMatchObject({ last_renewal: expect.any(String), explicit_max_ttl: 600 });
      const root = await made({});
      expect(await call('POST', 'auth/token/renew-self', {}, { token: root })).toEqual(
        refused(400, 'lease is not renewable'),
      );
    });

    test('a token dies with its maker, an orphan does not', async () => {
      const policy = uniqueName('maker');
      await call('POST', `sys/policies/acl/${policy}`, {
        policy: 'path "auth/token/create" { capabilities = ["update"] }',
      });
      const maker = await made({ policies: [policy] });
      const child = await call('POST', 'auth/token/create', { policies: [policy] }, { token: maker });
      expect(child.body.auth).toMatchObject({ orphan: false, policies: ['default', policy] });
      expect(await call('POST', 'auth/token/create', { policies: ['root'] }, { token: maker })).toEqual(
        refused(400, 'child policies must be subset of parent'),
      );
      expect(await call('POST', 'auth/token/create', { no_parent: true }, { token: maker })).toEqual(
        refused(400, 'root or sudo privileges required to create orphan token'),
      );
      await call('POST', 'auth/token/revoke-self', undefined, { token: maker });
      expect(await look(child.body.auth.client_token)).toEqual(dead);
    });

    test('a token for a number of calls dies with the last', async () => {
      const token = await made({ policies: ['default'], num_uses: 2 });
      expect((await look(token)).body.data.num_uses).toBe(1);
      expect((await look(token)).status).toBe(200);
      expect(await look(token)).toEqual(dead);
    });

    test('revoking what is gone is no failure', async () => {
      const token = await made({ policies: ['default'] });
      expect(await call('POST', 'auth/token/revoke', { token })).toEqual(done);
      expect(await call('POST', 'auth/token/revoke', { token })).toEqual(done);
      expect(await call('POST', 'auth/token/lookup', { token })).toEqual(refused(403, 'bad token'));
    });
  });
};
