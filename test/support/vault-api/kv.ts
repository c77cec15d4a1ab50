import { beforeAll, describe, expect, test } from 'vitest';
import { answered, type Call, done, refused, together, uniqueName } from './caller.ts';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);

const version = (number: number, more: object = {}) => ({
  created_time: time,
  custom_metadata: null,
  deletion_time: '',
  destroyed: false,
  version: number,
  ...more,
});

const by = (operation: string) => ({ actor: expect.any(String), operation, client_id: expect.any(String) });

const required = refused(400, 'check-and-set parameter required for this call');
const stale = refused(400, 'check-and-set parameter did not match the current version');

/** A KV version 2 engine. */
export const describeKv = (call: Call): void => {
  const kv = uniqueName('kv');
  const write = (path: string, data: object, options?: object) =>
    call('POST', `${kv}/data/${path}`, options === undefined ? { data } : { data, options });
  const read = (path: string) => call('GET', `${kv}/data/${path}`);
  const metadata = async (path: string) => (await call('GET', `${kv}/metadata/${path}`)).body.data;

  describe('KV version 2', () => {
    beforeAll(async () => {
      await call('POST', `sys/mounts/${kv}`, { type: 'kv-v2' });
    });

    describe('data', () => {
      test('is written as versions, read back and merged by a patch', async () => {
        const path = uniqueName('s');
        expect(await read(path)).toEqual(refused(404));
        expect(await write(path, { a: '1' })).toEqual(answered('kv', { data: version(1) }));
        await write(path, { a: '2', n: 5, o: { x: null, l: [1] } });
        expect(await call('PATCH', `${kv}/data/${path}`, { data: { a: null, z: '3', o: { x: 'y' } } })).toEqual(
          answered('kv', { data: version(3) }),
        );
        const data = { n: 5, z: '3', o: { x: 'y', l: [1] } };
        expect(await read(path)).toEqual(answered('kv', { data: { data, metadata: version(3) } }));
        expect(await read(`${path}?version=1`)).toEqual(
          answered('kv', { data: { data: { a: '1' }, metadata: version(1) } }),
        );
        expect(await read(`${path}?version=9`)).toEqual(refused(404));
        expect(await call('GET', `${kv}/subkeys/${path}`)).toEqual(
          answered('kv', { data: { metadata: version(3), subkeys: { n: null, z: null, o: { x: null, l: null } } } }),
        );
        expect((await call('GET', `${kv}/subkeys/${path}?depth=1`)).body.data.subkeys).toEqual({
          n: null,
          z: null,
          o: null,
        });
      });

      test('check-and-set: 0 makes only what is absent, else the current version must be named', async () => {
        const path = uniqueName('s');
        expect((await write(path, { a: '1' }, { cas: 0 })).status).toBe(200);
        expect(await write(path, { a: '2' }, { cas: 0 })).toEqual(stale);
        expect((await write(path, { a: '2' }, { cas: 1 })).status).toBe(200);
        expect(await write(path, { a: '3' }, { cas: 1 })).toEqual(stale);
        expect(await write(path, { a: '3' }, { cas: 'x' })).toEqual(
          refused(400, 'error parsing check-and-set parameter'),
        );
        await call('DELETE', `${kv}/data/${path}`);
        expect(await write(path, { a: '3' }, { cas: 0 })).toEqual(stale);
        expect((await write(path, { a: '3' }, { cas: 2 })).body.data.version).toBe(3);
      });

      test('a deleted version is a 404 that tells of it', async () => {
        const path = uniqueName('s');
        await write(path, { a: '1' });
        expect(await call('DELETE', `${kv}/data/${path}`)).toEqual(done);
        const gone = version(1, { deletion_time: time });
        expect(await read(path)).toEqual(answered('', { data: { data: null, metadata: gone } }, { status: 404 }));
        expect(await call('GET', `${kv}/subkeys/${path}`)).toEqual(
          answered('', { data: { metadata: gone, subkeys: null } }, { status: 404 }),
        );
        expect(await call('PATCH', `${kv}/data/${path}`, { data: { b: '2' } })).toEqual(
          answered('', { data: gone }, { status: 404 }),
        );
        expect(await call('POST', `${kv}/undelete/${path}`, { versions: [1] })).toEqual(done);
        expect((await read(path)).body.data.data).toEqual({ a: '1' });
        expect(await call('POST', `${kv}/destroy/${path}`, { versions: '1' })).toEqual(done);
        expect((await read(path)).body.data.metadata).toEqual(version(1, { destroyed: true }));
        expect(await call('DELETE', `${kv}/data/${uniqueName('none')}`)).toEqual(done);
      });

      test('versions are deleted, restored and destroyed by number', async () => {
        const path = uniqueName('s');
        for (const a of ['1', '2', '3']) await write(path, { a });
        expect(await call('POST', `${kv}/delete/${path}`, { versions: ['1', 2] })).toEqual(done);
        expect(await call('POST', `${kv}/delete/${path}`, {})).toEqual(refused(400, 'No version number provided'));
        expect(await call('POST', `${kv}/destroy/${path}`, {})).toEqual(refused(400, 'no version number provided'));
        expect(await call('POST', `${kv}/undelete/${uniqueName('none')}`, { versions: [1] })).toEqual(done);
        const { versions } = await metadata(path);
        expect(versions['1']).toMatchObject({ deletion_time: time, deleted_by: by('update') });
        expect(versions['3']).toMatchObject({ deletion_time: '', deleted_by: null });
        expect((await read(path)).status).toBe(200);
      });

      test('must be an object, named data', async () => {
        const path = uniqueName('s');
        expect(await call('POST', `${kv}/data/${path}`, { a: '1' })).toEqual(refused(400, 'no data provided'));
        expect(await call('POST', `${kv}/data/${path}`, { data: 'x' })).toEqual(
          refused(400, `error converting input for field "data": '' expected a map, got 'string'`),
        );
        expect(await call('POST', `${kv}/data/${path}`, { data: {}, frob: 1 })).toEqual(
          answered('kv', { data: version(1), warnings: ['Endpoint ignored these unrecognized parameters: [frob]'] }),
        );
        expect(await call('PATCH', `${kv}/data/${uniqueName('none')}`, { data: {} })).toEqual({
          status: 404,
          body: '',
        });
        const headers = { 'content-type': 'application/json' };
        expect(await call('PATCH', `${kv}/data/${path}`, { data: {} }, { headers })).toEqual(
          refused(415, 'PATCH requires Content-Type of application/merge-patch+json, provided application/json'),
        );
      });

      test('names hold slashes, spaces and what URLs encode', async () => {
        const path = `${uniqueName('dir')}/ünï ö#?%`;
        const encoded = path.split('/').map(encodeURIComponent).join('/');
        await write(encoded, { ü: 'ü' });
        expect((await read(encoded)).body.data.data).toEqual({ ü: 'ü' });
        const [folder = '', name = ''] = path.split('/');
        expect((await call('GET', `${kv}/metadata/${folder}?list=true`)).body.data.keys).toEqual([name]);
        expect((await call('GET', `${kv}/metadata/?list=true`)).body.data.keys).toContain(`${folder}/`);
        expect(await call('GET', `${kv}/metadata/${uniqueName('none')}?list=true`)).toEqual(refused(404));
      });
    });

    describe('metadata', () => {
      test('tells of every version, who made it and who deleted it', async () => {
        const path = uniqueName('s');
        await write(path, { a: '1' });
        await call('DELETE', `${kv}/data/${path}`);
        expect(await call('GET', `${kv}/metadata/${path}`)).toEqual(
          answered('kv', {
            data: {
              cas_required: false,
              created_time: time,
              current_version: 1,
              custom_metadata: null,
              delete_version_after: '0s',
              last_updated_by: by('delete'),
              max_versions: 0,
              oldest_version: 0,
              updated_time: time,
              versions: {
                1: {
                  created_by: by('create'),
                  created_time: time,
                  deleted_by: by('delete'),
                  deletion_time: time,
                  destroyed: false,
                },
              },
            },
          }),
        );
        expect(await call('DELETE', `${kv}/metadata/${path}`)).toEqual(done);
        expect(await call('GET', `${kv}/metadata/${path}`)).toEqual(refused(404));
        expect(await call('DELETE', `${kv}/metadata/${path}`)).toEqual(done);
      });

      test('custom entries are replaced as a whole, merged by a patch, and come with every answer', async () => {
        const path = uniqueName('s');
        const put = (custom: unknown) => call('POST', `${kv}/metadata/${path}`, { custom_metadata: custom });
        expect(await put({ n: 5, b: true, s: 'x', f: 1.5 })).toEqual(done);
        expect(await metadata(path)).toMatchObject({
          custom_metadata: { n: '5', b: '1', s: 'x', f: '1.5' },
          current_version: 0,
          versions: {},
          last_updated_by: null,
        });
        expect(await read(path)).toEqual(refused(404));
        await put({ a: 'b' });
        await call('PATCH', `${kv}/metadata/${path}`, { custom_metadata: { c: 'd', e: null } });
        expect((await write(path, { x: 'y' })).body.data.custom_metadata).toEqual({ a: 'b', c: 'd' });
        await put({});
        expect((await metadata(path)).custom_metadata).toBeNull();
        expect(await call('PATCH', `${kv}/metadata/${uniqueName('none')}`, { custom_metadata: {} })).toEqual({
          status: 404,
          body: '',
        });
      });

      const failed = 'custom_metadata validation failed: ';
      test.each([
        [
          'an empty value',
          { z: '' },
          [together(`${failed}length of value for key "z" is 0 but must be 0 < len(value) <= 512`)],
        ],
        [
          'too long a value',
          { z: 'x'.repeat(513) },
          [together(`${failed}length of value for key "z" is 513 but must be 0 < len(value) <= 512`)],
        ],
        ['an empty key', { '': 'x' }, [together(`${failed}length of key "" is 0 but must be 0 < len(key) <= 128`)]],
        ['a line break', { 'a\nb': 'x' }, [together(`${failed}key "a\\nb" (a\nb) contains unprintable characters`)]],
        [
          'too many keys',
          Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`k${index}`, 'v'])),
          [together(`${failed}payload must contain at most 64 keys, provided 65`)],
        ],
        [
          'an object',
          { o: { a: 1 } },
          [`${failed}'' expected type 'string', got unconvertible type 'map[string]interface {}', value: 'map[a:1]'`],
        ],
        [
          'a string for all',
          'x',
          [`error converting input for field "custom_metadata": '' expected a map, got 'string'`],
        ],
      ])('custom entries with %s are refused', async (_, custom, errors) => {
        const path = `${kv}/metadata/${uniqueName('s')}`;
        expect(await call('POST', path, { custom_metadata: custom })).toEqual(refused(400, ...errors));
      });

      test('a limit drops the oldest versions', async () => {
        const path = uniqueName('s');
        await call('POST', `${kv}/metadata/${path}`, { max_versions: 2 });
        for (const a of ['1', '2', '3', '4']) await write(path, { a });
        const found = await metadata(path);
        expect([Object.keys(found.versions), found.oldest_version, found.current_version]).toEqual([['3', '4'], 3, 4]);
        expect(await read(`${path}?version=1`)).toEqual(refused(404));
      });

      test('a lifetime ends versions ahead of time', async () => {
        const path = uniqueName('s');
        await call('POST', `${kv}/metadata/${path}`, { delete_version_after: '5m' });
        expect((await metadata(path)).delete_version_after).toBe('5m0s');
        expect(await write(path, { a: '1' })).toEqual(answered('kv', { data: version(1, { deletion_time: time }) }));
        expect((await read(path)).status).toBe(200);
        expect(await call('POST', `${kv}/metadata/${path}`, { delete_version_after: '-1s' })).toEqual(
          refused(400, `error converting input for field "delete_version_after": cannot provide negative value '-1'`),
        );
      });

      test('can demand check-and-set', async () => {
        const path = uniqueName('s');
        await call('POST', `${kv}/metadata/${path}`, { cas_required: true });
        expect(await write(path, { a: '1' })).toEqual(required);
        expect((await write(path, { a: '1' }, { cas: 0 })).status).toBe(200);
      });
    });

    describe('config', () => {
      test("keeps what a write does not name, and gives durations in Go's form", async () => {
        const own = uniqueName('config');
        await call('POST', `sys/mounts/${own}`, { type: 'kv-v2' });
        const found = async () => (await call('GET', `${own}/config`)).body.data;
        expect(await call('GET', `${own}/config`)).toEqual(
          answered('kv', { data: { cas_required: false, delete_version_after: '0s', max_versions: 0 } }),
        );
        expect(await call('POST', `${own}/config`, { delete_version_after: '3h', max_versions: 4 })).toEqual(done);
        await call('POST', `${own}/config`, { cas_required: true });
        expect(await found()).toEqual({ cas_required: true, delete_version_after: '3h0m0s', max_versions: 4 });
        await call('POST', `${own}/config`, { delete_version_after: 90, max_versions: '0', cas_required: false });
        expect(await found()).toEqual({ cas_required: false, delete_version_after: '1m30s', max_versions: 0 });
        await call('POST', `${own}/config`, { delete_version_after: '-5s' });
        expect((await found()).delete_version_after).toBe('-1s');
        expect(await call('POST', `${own}/config`, { delete_version_after: 'abc' })).toEqual(
          refused(
            400,
            'Field validation failed: error converting input for field "delete_version_after": time: invalid duration "abc"',
          ),
        );
        expect(await call('DELETE', `${own}/config`)).toEqual(refused(405, together('unsupported operation')));
      });

      test('demands check-and-set of every secret', async () => {
        const own = uniqueName('config');
        await call('POST', `sys/mounts/${own}`, { type: 'kv-v2' });
        await call('POST', `${own}/config`, { cas_required: true });
        expect(await call('POST', `${own}/data/a`, { data: {} })).toEqual(required);
        expect(await call('POST', `${own}/metadata/a`, { cas_required: false })).toEqual(
          answered('kv', {
            warnings: ['"cas_required" set to false, but is mandated by backend config. This value will be ignored.'],
          }),
        );
      });
    });

    test('other paths are hinted at', async () => {
      const hint = (command: string) =>
        `Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the Vault CLI, use 'vault kv ${command}' for this operation.`;
      const root = 'Non-listing operations on the root of a K/V v2 mount are not supported.';
      expect(await call('GET', `${kv}/frob`)).toEqual(answered('', { warnings: [hint('get')] }, { status: 404 }));
      expect(await call('GET', `${kv}/data?list=true`)).toEqual(
        answered('', { warnings: [hint('list')] }, { status: 404 }),
      );
      expect(await call('GET', `${kv}/data`)).toEqual(answered('', { warnings: [root] }, { status: 404 }));
      expect(await call('POST', `${kv}/data/a/`, { data: {} })).toEqual(
        refused(400, "cannot write to a path ending in '/'"),
      );
    });
  });
};
