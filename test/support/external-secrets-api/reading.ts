import { beforeAll, describe, expect, test } from 'vitest';
import { entry, eventually, type OperatorUnderTest, openBench, textsOf, uniqueName } from './bench.ts';
import { makeReaders, readingAs } from './stores.ts';

/** What an ExternalSecret takes out of a store. */
export const describeReading = (operator: () => OperatorUnderTest): void => {
  describe('reading from a cluster', () => {
    const bench = openBench(operator, uniqueName('reading'));
    const secretStoreRef = { name: 'central', kind: 'SecretStore' };

    beforeAll(async () => {
      await makeReaders(bench);
      await bench.putSecret('source', {
        user: 'u',
        'ca.crt': 'CA',
        json: '{"x": "y", "n": 1.50, "o": {"p": [1, "q"]}, "b64": "aGk="}',
        encoded: Buffer.from('hi').toString('base64'),
        plain: 'not base64',
      });
      await bench.applyStore('central', readingAs(operator(), bench, 'reader'));
      await bench.storeSays('central', 'True', 'Valid', 'store validated');
    });

    test('whole secrets, keys with dots, and paths into JSON, byte by byte', async () => {
      await bench.apply('paths', {
        secretStoreRef,
        data: [
          entry('user', 'source', { property: 'user' }),
          entry('ca', 'source', { property: 'ca.crt' }),
          entry('x', 'source', { property: 'json.x' }),
          entry('n', 'source', { property: 'json.n' }),
          entry('o', 'source', { property: 'json.o' }),
          entry('q', 'source', { property: 'json.o.p.1' }),
        ],
      });
      await bench.holds('paths', { user: 'u', ca: 'CA', x: 'y', n: '1.5', o: '{"p": [1, "q"]}', q: 'q' });
      await bench.putSecret('small', { b: '<2>', a: '1' });
      await bench.apply('whole', { secretStoreRef, data: [entry('all', 'small')] });
      await bench.holds('whole', { all: '{"a":"1","b":"<2>"}' });
    });

    test('values can be decoded', async () => {
      const decoded = (secretKey: string, property: string, decodingStrategy: string) =>
        entry(secretKey, 'source', { property, decodingStrategy });
      await bench.apply('decoded', {
        secretStoreRef,
        data: [
          decoded('a', 'encoded', 'Base64'),
          decoded('b', 'encoded', 'Auto'),
          decoded('c', 'plain', 'Auto'),
          decoded('d', 'encoded', 'None'),
        ],
      });
      await bench.holds('decoded', { a: 'hi', b: 'hi', c: 'not base64', d: 'aGk=' });
      await bench.apply('undecodable', { secretStoreRef, data: [decoded('a', 'plain', 'Base64')] });
      await bench.says('undecodable', 'False', 'SecretSyncedError', 'could not get secret data from provider');
      await bench.tells('undecodable', [
        'Warning UpdateFailed: error processing spec.data[0] (key: source), err: error applying decoding strategy Base64 to data: illegal base64 data at input byte 3',
      ]);
    });

    test('all keys at once, which single ones override', async () => {
      await bench.putSecret('two', { a: '1', b: '2' });
      await bench.apply('extract', {
        secretStoreRef,
        dataFrom: [{ extract: { key: 'two' } }],
        data: [entry('b', 'source', { property: 'user' })],
      });
      await bench.holds('extract', { a: '1', b: 'u' });
    });

    test.each([
      ['source', { property: 'none' }, 'property none does not exist in data of secret "source"'],
      ['none', { property: 'user' }, 'secrets "none" not found'],
    ])('of %s, %j is an error that is tried again', async (key, more, because) => {
      const name = uniqueName('missing');
      await bench.apply(name, { secretStoreRef, data: [entry('k', key, more)] });
      const object = await bench.says(name, 'False', 'SecretSyncedError', 'could not get secret data from provider');
      expect(object.status).toMatchObject({ binding: { name: '' }, refreshTime: null });
      expect(object.status?.syncedResourceVersion).toBeUndefined();
      await bench.tells(name, [`Warning UpdateFailed: error processing spec.data[0] (key: ${key}), err: ${because}`]);
      expect(await bench.findSecret(name)).toBeUndefined();
    });

    test('a secret that appears later is found', async () => {
      await bench.apply('patient', { secretStoreRef, data: [entry('k', 'later', { property: 'k' })] });
      await bench.says('patient', 'False', 'SecretSyncedError', 'could not get secret data from provider');
      await bench.putSecret('later', { k: 'v' });
      await bench.holds('patient', { k: 'v' });
    });

    test.each([
      ['SecretStore', 'could not get SecretStore "none", SecretStore.external-secrets.io "none" not found'],
      [
        'ClusterSecretStore',
        'could not get ClusterSecretStore "none", ClusterSecretStore.external-secrets.io "none" not found',
      ],
    ])('a missing %s is named', async (kind, because) => {
      const name = uniqueName('storeless');
      await bench.apply(name, { secretStoreRef: { name: 'none', kind }, data: [entry('k', 'source')] });
      await bench.says(name, 'False', 'SecretSyncedError', 'could not get secret data from provider');
      await bench.tells(name, [`Warning UpdateFailed: error processing spec.data[0] (key: source), err: ${because}`]);
    });

    test('a store that is not ready is not asked', async () => {
      await bench.applyStore('closed', readingAs(operator(), bench, 'nobody'));
      await bench.storeSays('closed', 'False', 'InvalidProviderConfig', 'unable to validate store');
      const store = { name: 'closed', kind: 'SecretStore' };
      await bench.apply('closed', { secretStoreRef: store, data: [entry('k', 'source')] });
      await bench.says('closed', 'False', 'SecretSyncedError', 'could not get secret data from provider');
      await bench.mentions(
        'closed',
        'Warning UpdateFailed: error processing spec.data[0] (key: source), err: SecretStore "closed" is not ready',
      );
    });

    describe('templates', () => {
      const data = [entry('user', 'source', { property: 'user' }), entry('odd-key', 'source', { property: 'plain' })];

      test('make data, labels, annotations and the type, from pipelines', async () => {
        const template = {
          type: 'kubernetes.io/tls',
          metadata: { labels: { owner: '{{ .user | upper }}' }, annotations: { note: 'plain' } },
          data: {
            'tls.crt': 'user={{ .user }};',
            'tls.key': '{{ .user | b64enc }}',
            a: '{{ printf "%s:%s" .user (index . "odd-key") | quote }}',
            b: '{{- .user | default "x" -}}  ',
            c: '{{ "" | default "x" }}{{/* why */}}{{- /* and */ -}}',
            d: '{{ . | toJson }}',
            e: '{{ trim "  a b " }}{{ lower "AB" }}',
            f: '{{ "aGk=" | b64dec }}',
            g: '{{ `raw` | squote }}',
          },
        };
        await bench.apply('rendered', { secretStoreRef, target: { template }, data }, { labels: { mine: 'yes' } });
        await bench.holds('rendered', {
          'tls.crt': 'user=u;',
          'tls.key': 'dQ==',
          a: '"u:not base64"',
          b: 'u',
          c: 'x',
          d: '{"odd-key":"not base64","user":"u"}',
          e: 'a bab',
          f: 'hi',
          g: "'raw'",
        });
        const secret = await bench.secret('rendered');
        expect(secret['type']).toBe('kubernetes.io/tls');
        expect(secret.metadata.labels).toMatchObject({ owner: 'U' });
        expect(secret.metadata.labels['mine']).toBeUndefined();
        expect(secret.metadata.annotations).toMatchObject({ note: 'plain' });
      });

      test('without data keep what was fetched, and add to it when told to merge', async () => {
        const metadata = { labels: { team: 'a' } };
        await bench.apply('bare', { secretStoreRef, target: { template: { metadata } }, data });
        await bench.holds('bare', { user: 'u', 'odd-key': 'not base64' });
        const merging = { mergePolicy: 'Merge', data: { more: '{{ .user }}!' } };
        await bench.apply('merging', { secretStoreRef, target: { template: merging }, data });
        await bench.holds('merging', { user: 'u', 'odd-key': 'not base64', more: 'u!' });
      });

      const layers =
        'could not apply template: could not execute template: could not execute template: unable to execute template at key x: ';
      test.each([
        [
          '{{ .nope }}',
          'unable to execute template at key x: template: x:1:3: executing "x" at <.nope>: map has no entry for key "nope"',
        ],
        ['{{ .user ', 'unable to parse template at key x: template: x:1: unclosed action'],
        ['a\n{{ frob .user }}', 'unable to parse template at key x: template: x:2: function "frob" not defined'],
      ])('%j is an error', async (text, because) => {
        const name = uniqueName('broken');
        await bench.apply(name, { secretStoreRef, target: { template: { data: { x: text } } }, data });
        await bench.says(name, 'False', 'SecretSyncedError', 'could not update secret');
        await bench.tells(name, [`Warning UpdateFailed: ${layers}${because}`]);
      });
    });

    test('a failing read leaves the target as it is', async () => {
      const spec = (key: string) => ({ secretStoreRef, data: [entry('k', key, { property: 'user' })] });
      await bench.apply('kept', spec('source'));
      await bench.holds('kept', { k: 'u' });
      await bench.says('kept', 'True', 'SecretSynced', 'secret synced');
      const before = await bench.secret('kept');
      await bench.apply('kept', spec('none'));
      await bench.says('kept', 'False', 'SecretSyncedError', 'could not get secret data from provider');
      const after = await bench.secret('kept');
      expect([after.metadata.resourceVersion, textsOf(after)]).toEqual([before.metadata.resourceVersion, { k: 'u' }]);
      await eventually(
        () => bench.externalSecret('kept'),
        ({ status }) =>
          expect(status).toMatchObject({ binding: { name: 'kept' }, syncedResourceVersion: expect.any(String) }),
      );
    });
  });
};
