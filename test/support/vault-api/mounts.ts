import { describe, expect, test } from 'vitest';
import { answered, type Call, done, refused, repeated, together, uniqueName } from './caller.ts';

const entry = (more: object) => ({
  accessor: expect.any(String),
  config: { default_lease_ttl: 0, force_no_cache: false, max_lease_ttl: 0 },
  description: '',
  external_entropy_access: false,
  local: false,
  options: {},
  plugin_version: '',
  running_plugin_version: expect.stringMatching(/^v\d/),
  running_sha256: '',
  seal_wrap: false,
  uuid: expect.any(String),
  ...more,
});

const kv2 = { type: 'kv', options: { version: '2' }, deprecation_status: 'supported' };

/** `sys/mounts` and `sys/auth`. */
export const describeMounts = (call: Call): void => {
  describe('secrets engines', () => {
    test('kv-v2 is mounted as kv with a version, its lifetimes read back in seconds', async () => {
      const path = uniqueName('kv');
      const config = { default_lease_ttl: '1h', max_lease_ttl: '87600h' };
      expect(await call('POST', `sys/mounts/${path}`, { type: 'kv-v2', description: 'd [lab x]', config })).toEqual(
        done,
      );
      const found = entry({
        ...kv2,
        description: 'd [lab x]',
        accessor: expect.stringMatching(/^kv_[0-9a-f]{8}$/),
        config: { default_lease_ttl: 3600, force_no_cache: false, max_lease_ttl: 315360000 },
      });
      expect(await call('GET', `sys/mounts/${path}`)).toEqual(repeated(found));
      const all = await call('GET', 'sys/mounts');
      expect(all.body.data[`${path}/`]).toEqual(found);
      expect(all.body[`${path}/`]).toEqual(found);
      expect(Object.keys(all.body.data)).toEqual(expect.arrayContaining(['sys/', 'identity/', 'cubbyhole/']));
    });

    test('what Vault mounts itself is listed', async () => {
      const { body } = await call('GET', 'sys/mounts');
      const system = { passthrough_request_headers: ['Accept'] };
      expect(body.data['sys/']).toEqual(
        entry({
          type: 'system',
          description: 'system endpoints used for control, policy and debugging',
          options: null,
          seal_wrap: true,
          config: { default_lease_ttl: 0, force_no_cache: false, max_lease_ttl: 0, ...system },
        }),
      );
    });

    test('tune changes what it names, "system" goes back to the system\'s lifetimes, and its read gives those in effect', async () => {
      const path = uniqueName('kv');
      await call('POST', `sys/mounts/${path}`, { type: 'kv-v2', config: { default_lease_ttl: '1h' } });
      const changes = { description: 'e', default_lease_ttl: 'system', max_lease_ttl: '10h' };
      expect(await call('POST', `sys/mounts/${path}/tune`, changes)).toEqual(done);
      const config = { default_lease_ttl: 0, force_no_cache: false, max_lease_ttl: 36000 };
      expect(await call('GET', `sys/mounts/${path}`)).toEqual(repeated(entry({ ...kv2, description: 'e', config })));
      expect(await call('GET', `sys/mounts/${path}/tune`)).toEqual(
        repeated({
          description: 'e',
          default_lease_ttl: 2764800,
          max_lease_ttl: 36000,
          force_no_cache: false,
          options: { version: '2' },
        }),
      );
      expect(await call('POST', `sys/mounts/${path}/tune`, { default_lease_ttl: '', frob: 1 })).toEqual(done);
      expect((await call('GET', `sys/mounts/${path}`)).body.data.config).toEqual(config);
      expect(await call('POST', `sys/mounts/${path}/tune`, { default_lease_ttl: '11h' })).toEqual(
        refused(400, 'backend max lease TTL of 36000 would be less than backend default lease TTL of 39600'),
      );
      expect(await call('POST', `sys/mounts/${path}/tune`, { default_lease_ttl: 'abc' })).toEqual(
        refused(400, 'time: invalid duration "abc"'),
      );
      await call('POST', `sys/mounts/${path}/tune`, { max_lease_ttl: 0 });
      expect((await call('GET', `sys/mounts/${path}`)).body.data.config.max_lease_ttl).toBe(0);
    });

    test('a version can be raised and not lowered', async () => {
      const path = uniqueName('kv');
      await call('POST', `sys/mounts/${path}`, { type: 'kv' });
      expect((await call('GET', `sys/mounts/${path}`)).body.data.options).toEqual({});
      expect(await call('POST', `sys/mounts/${path}/tune`, { options: { version: '2' } })).toEqual(
        answered('system', {
          warnings: [
            'Upgrading mount from version 0 to version 2. This mount will be unavailable for a brief period and will resume service shortly.',
          ],
        }),
      );
      expect(await call('POST', `sys/mounts/${path}/tune`, { options: { version: '1' } })).toEqual(
        refused(400, 'cannot downgrade mount from version 2'),
      );
    });

    test.each([
      [{}, 'backend type must be specified as a string'],
      [{ type: 'nonsense' }, 'plugin not found in the catalog: nonsense'],
      [{ type: 'system' }, 'mount type of "system" is not mountable'],
      [
        { type: 'kv', config: { default_lease_ttl: 'abc' } },
        'unable to parse default TTL of abc: time: invalid duration "abc"',
      ],
      [
        { type: 'kv', config: { default_lease_ttl: '2h', max_lease_ttl: '1h' } },
        'given default lease TTL greater than given max lease TTL',
      ],
    ])('%j is refused', async (body, error) => {
      expect(await call('POST', `sys/mounts/${uniqueName('bad')}`, body)).toEqual(refused(400, error));
    });

    test('paths may not nest, in either direction', async () => {
      const path = uniqueName('outer');
      await call('POST', `sys/mounts/${path}/in`, { type: 'kv' });
      const used = refused(400, `path is already in use at ${path}/in/`);
      expect(await call('POST', `sys/mounts/${path}/in`, { type: 'kv' })).toEqual(used);
      expect(await call('POST', `sys/mounts/${path}/in/ner`, { type: 'kv' })).toEqual(used);
      expect(await call('POST', `sys/mounts/${path}`, { type: 'kv' })).toEqual(used);
      expect(await call('POST', 'sys/mounts/sys/x', { type: 'kv' })).toEqual(refused(400, 'cannot mount "sys/x/"'));
      expect(await call('POST', 'sys/mounts/team/a/', { type: 'kv' })).toEqual(
        refused(400, "cannot write to a path ending in '/'"),
      );
    });

    test('what is not mounted is a 400 to read, a 204 to remove and a 404 to use', async () => {
      const path = uniqueName('none');
      expect(await call('GET', `sys/mounts/${path}`)).toEqual(refused(400, `No secret engine mount at ${path}/`));
      expect(await call('GET', `sys/mounts/${path}/tune`)).toEqual(
        refused(400, `cannot fetch sysview for path "${path}/"`),
      );
      expect(await call('POST', `sys/mounts/${path}/tune`, { description: 'x' })).toEqual(
        refused(400, `tune of path "${path}/" failed: no mount entry found`),
      );
      expect(await call('DELETE', `sys/mounts/${path}`)).toEqual(done);
      const unrouted = refused(404, `no handler for route "${path}/x". route entry not found.`);
      expect(await call('GET', `${path}/x`)).toEqual(unrouted);
      expect(await call('POST', `${path}/x`, {})).toEqual(unrouted);
      expect(await call('DELETE', 'sys/mounts/sys')).toEqual(refused(400, 'cannot unmount "sys/"'));
    });

    test('a mount loses everything when it is removed', async () => {
      const path = uniqueName('kv');
      await call('POST', `sys/mounts/${path}`, { type: 'kv-v2' });
      await call('POST', `${path}/data/a`, { data: { a: '1' } });
      expect(await call('DELETE', `sys/mounts/${path}`)).toEqual(done);
      await call('POST', `sys/mounts/${path}`, { type: 'kv-v2' });
      expect(await call('GET', `${path}/data/a`)).toEqual(refused(404));
    });

    test('other operations are not supported', async () => {
      expect(await call('DELETE', 'sys/mounts')).toEqual(refused(405, together('unsupported operation')));
      expect(await call('GET', 'sys/mounts?list=true')).toEqual(refused(404, together('unsupported path')));
      expect(await call('GET', 'sys/nope')).toEqual(refused(404, together('unsupported path')));
    });
  });

  describe('auth methods', () => {
    test('are made, tuned and removed as engines are', async () => {
      const path = uniqueName('cluster');
      const config = { default_lease_ttl: '1h' };
      expect(await call('POST', `sys/auth/${path}`, { type: 'kubernetes', description: 'k', config })).toEqual(done);
      expect(await call('GET', `sys/auth/${path}`)).toEqual(
        repeated(
          entry({
            type: 'kubernetes',
            description: 'k',
            accessor: expect.stringMatching(/^auth_kubernetes_[0-9a-f]{8}$/),
            deprecation_status: 'supported',
            config: { default_lease_ttl: 3600, force_no_cache: false, max_lease_ttl: 0, token_type: 'default-service' },
          }),
        ),
      );
      expect(await call('POST', `sys/auth/${path}/tune`, { default_lease_ttl: 'system', max_lease_ttl: '3h' })).toEqual(
        done,
      );
      expect(await call('GET', `sys/auth/${path}/tune`)).toEqual(
        repeated({
          description: 'k',
          default_lease_ttl: 2764800,
          max_lease_ttl: 10800,
          force_no_cache: false,
          token_type: 'default-service',
        }),
      );
      expect(await call('POST', `sys/auth/${path}`, { type: 'kubernetes' })).toEqual(
        refused(400, `path is already in use at ${path}/`),
      );
      expect(await call('DELETE', `sys/auth/${path}`)).toEqual(done);
      expect(await call('GET', `sys/auth/${path}`)).toEqual(refused(400, `No auth engine at ${path}/`));
      expect(await call('GET', `auth/${path}/x`)).toEqual(
        refused(404, `no handler for route "auth/${path}/x". route entry not found.`),
      );
    });

    test('the method token is fixed', async () => {
      expect(await call('DELETE', 'sys/auth/token')).toEqual(
        refused(400, 'token credential backend cannot be disabled'),
      );
      expect(await call('POST', `sys/auth/${uniqueName('token')}`, { type: 'token' })).toEqual(
        refused(400, 'token credential backend cannot be instantiated'),
      );
    });
  });
};
