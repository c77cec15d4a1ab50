import { describe, expect, test } from 'vitest';
import { fromSource, isSourced } from '../../src/secrets/source.ts';
import { complaintsAbout, expanded, resourceAt } from './support/load.ts';

const manifest = (...entries: readonly string[]) => `apiVersion: lab/v1
name: demo
cluster: { context: c }
vault: { address: "https://v", login: { auth: token, token: { env: T } } }
stores:
  cloud: { type: kubernetes, namespace: cloud, auth: { type: service-account, serviceAccount: eso/reader } }
  vault: { type: vault, mount: kv, expose: { kind: ClusterSecretStore, namespaces: all }, auth: { type: kubernetes, path: k, role: r, serviceAccount: eso/reader } }
secrets:
  z/reader: { readFrom: cloud, keys: { k: { at: z } } }
${entries.map((line) => `  ${line}\n`).join('')}`;

const sources = (spec: { readonly [field: string]: unknown }) =>
  Object.fromEntries(
    Object.entries(spec['data'] ?? {}).map(([key, value]) => [
      key,
      isSourced(value) ? fromSource({ ...value, at: value.at.replace(/^.*lab\.yaml/, 'lab.yaml') }) : value,
    ]),
  );

describe('an entry of secrets', () => {
  test('may have a value that a program prints, given as a list of words', async () => {
    const of = (words: string) =>
      manifest('a/b:', '  readFrom: cloud', `  keys: { k: { at: p, value: { exec: ${words} } } }`);
    const loaded = await expanded(of('[./token, "$${HOME}"]'));
    expect(resourceAt(loaded, 'kubernetes.secret/cloud/p').spec['data']).toMatchObject({
      value: { source: { from: 'exec', command: ['./token', '${HOME}'] } },
    });
    expect((await complaintsAbout(of('./token')))[0]).toContain('value.exec: is text; a list is expected');
    expect((await complaintsAbout(of('[]')))[0]).toContain('value.exec: ');
  });

  test('may have a value that somebody types, under one line of text', async () => {
    const of = (text: string) =>
      manifest('a/b:', '  readFrom: cloud', `  keys: { k: { at: p, value: { prompt: ${text} } } }`);
    const loaded = await expanded(of('"Token of ${env}, $${literal}"'));
    expect(resourceAt(loaded, 'kubernetes.secret/cloud/p').spec['data']).toMatchObject({
      value: { source: { from: 'prompt', text: 'Token of default, ${literal}' } },
    });
    const [several] = await complaintsAbout(of('"one\\ntwo"'));
    expect(several).toContain('value.prompt: is what is asked for: one line of text');
  });

  test('is an ExternalSecret, and a write for each remote key that has values', async () => {
    const loaded = await expanded(
      manifest(
        'a/b:',
        '  readFrom: cloud',
        '  refresh: 1h30m',
        '  keys:',
        '    id: { at: "pair#id", value: { env: ID } }',
        '    key: { at: "pair#key", value: { file: keys/k.txt }, onMissingSource: enforce, onExternalChange: overwrite }',
        '    made: { at: made, value: { generate: {} }, version: "3", decode: Base64 }',
        '    read: { at: other }',
        '  template: { both: "{{ .id }}:{{ .key }}" }',
      ),
    );
    expect(resourceAt(loaded, 'external-secrets.external-secret/a/b')).toMatchObject({
      ownership: 'owned',
      spec: {
        store: { name: 'cloud', kind: 'ClusterSecretStore' },
        refresh: 5400,
        target: { name: 'b', creationPolicy: 'Owner', template: { data: { both: '{{ .id }}:{{ .key }}' } } },
        data: [
          { key: 'id', remote: { key: 'pair', property: 'id' } },
          { key: 'key', remote: { key: 'pair', property: 'key' } },
          { key: 'made', remote: { key: 'made', property: 'value', version: '3', decode: 'Base64' } },
          { key: 'read', remote: { key: 'other', property: 'value' } },
        ],
      },
      dependsOn: ['kubernetes.secret/cloud/made', 'kubernetes.secret/cloud/pair'],
    });
    expect(sources(resourceAt(loaded, 'kubernetes.secret/cloud/pair').spec)).toEqual({
      id: fromSource({
        source: { from: 'env', name: 'ID' },
        onMissingSource: 'keep',
        onExternalChange: 'keep',
        at: 'lab.yaml:14:42',
      }),
      key: fromSource({
        source: { from: 'file', path: 'keys/k.txt' },
        onMissingSource: 'enforce',
        onExternalChange: 'overwrite',
        at: 'lab.yaml:15:45',
      }),
    });
    expect(sources(resourceAt(loaded, 'kubernetes.secret/cloud/made').spec)).toMatchObject({
      value: { source: { from: 'generate', length: 32, alphabet: 'alphanumeric' } },
    });
    expect(loaded.resources.map(({ address }) => address)).not.toContain('kubernetes.secret/cloud/other');
  });

  test('of a Vault store writes below the mount', async () => {
    const loaded = await expanded(
      manifest('a/b: { readFrom: vault, keys: { k: { at: { vault: "team/app#key" }, value: { env: K } } } }'),
    );
    expect(sources(resourceAt(loaded, 'vault.kv-secret/kv/team%2Fapp').spec)).toMatchObject({
      key: { source: { from: 'env', name: 'K' } },
    });
    expect(resourceAt(loaded, 'external-secrets.external-secret/a/b').spec['data']).toEqual([
      { key: 'k', remote: { key: 'team/app', property: 'key' } },
    ]);
  });

  test('keeps its object when its key is renamed', async () => {
    const loaded = await expanded(manifest('a/new: { name: old, readFrom: cloud, keys: { k: { at: x } } }'));
    expect(resourceAt(loaded, 'external-secrets.external-secret/a/new').spec).toMatchObject({
      name: 'old',
      target: { name: 'old' },
    });
  });
});

describe('remote keys', () => {
  const at = (store: string, text: string) =>
    complaintsAbout(manifest(`a/b: { readFrom: ${store}, keys: { k: { at: ${JSON.stringify(text)} } } }`));

  test("are checked in each store's own grammar", async () => {
    for (const text of ['key', 'key#value', 'some.key#a_B.c']) expect(await at('cloud', text)).toEqual([]);
    for (const text of ['a#b', 'team/app#key', 'a/b/c#odd property']) expect(await at('vault', text)).toEqual([]);
    const wrong = await Promise.all([
      ...['Key', 'a/b', 'a#', 'a#b c'].map((text) => at('cloud', text)),
      ...['a', '/a#b', 'a//b#c', 'a/../b#c', 'kv/a#b', 'data/a#b', 'a b#c'].map((text) => at('vault', text)),
    ]);
    expect(wrong.flat()).toMatchInlineSnapshot(`
      [
        "lab.yaml:10:44 secrets["a/b"].keys.k.at: "Key" cannot name a Secret; use lower-case letters, digits, "-" and "."",
        "lab.yaml:10:44 secrets["a/b"].keys.k.at: "a/b" cannot name a Secret; use lower-case letters, digits, "-" and "."",
        "lab.yaml:10:44 secrets["a/b"].keys.k.at: "" cannot be a key of a Secret",
        "lab.yaml:10:44 secrets["a/b"].keys.k.at: "b c" cannot be a key of a Secret",
        "lab.yaml:10:44 secrets["a/b"].keys.k.at: a remote key in Vault is PATH#PROPERTY: a#value",
        "lab.yaml:10:44 secrets["a/b"].keys.k.at: "/a" is no path in Vault; write it without "/" at either end, "*" and spaces",
        "lab.yaml:10:44 secrets["a/b"].keys.k.at: "a//b" is no path in Vault; write it without "/" at either end, "*" and spaces",
        "lab.yaml:10:44 secrets["a/b"].keys.k.at: "a/../b" is no path in Vault; write it without "/" at either end, "*" and spaces",
        "lab.yaml:10:44 secrets["a/b"].keys.k.at: the path is below the mount kv; write it without "kv/" and "data/"",
        "lab.yaml:10:44 secrets["a/b"].keys.k.at: the path is below the mount kv; write it without "kv/" and "data/"",
        "lab.yaml:10:44 secrets["a/b"].keys.k.at: "a b" is no path in Vault; write it without "/" at either end, "*" and spaces",
      ]
    `);
  });

  test('of the wrong store, or of none', async () => {
    expect(await complaintsAbout(manifest('a/b: { readFrom: clod, keys: { k: { at: x } } }'))).toMatchInlineSnapshot(`
      [
        "lab.yaml:10:20 secrets["a/b"].readFrom: there is no store clod. Did you mean cloud?",
      ]
    `);
    expect(
      await complaintsAbout(manifest('a/b: { readFrom: cloud, keys: { k: { at: { vault: "x#y" } } } }')),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:10:40 secrets["a/b"].keys.k.at: does not say where cloud has it",
        "lab.yaml:10:53 secrets["a/b"].keys.k.at.vault: readFrom does not name this store; it names cloud",
      ]
    `);
  });

  test('may be written by two entries from one source, not from two', async () => {
    const two = (first: string, second: string) =>
      manifest(
        `a/b: { readFrom: cloud, keys: { k: { at: shared, value: ${first} } } }`,
        `a/c: { readFrom: cloud, keys: { k: { at: "shared#value", value: ${second} } } }`,
      );
    const same = await expanded(two('{ env: A }', '{ env: A }'));
    expect(same.resources.filter(({ kind }) => kind === 'kubernetes.secret')).toHaveLength(1);
    expect(await complaintsAbout(two('{ env: A }', '{ env: B }'))).toMatchInlineSnapshot(`
      [
        "lab.yaml:11:74 secrets["a/c"].keys.k.value.env: kubernetes.secret/cloud/shared gets value from another source at secrets["a/b"].keys.k.value.env (lab.yaml:10:66)",
      ]
    `);
  });
});

test('names that every object inherits are names like any other', async () => {
  expect(
    await complaintsAbout(manifest('a/b: { readFrom: constructor, keys: { k: { at: x } } }')),
  ).toMatchInlineSnapshot(`
    [
      "lab.yaml:10:20 secrets["a/b"].readFrom: there is no store constructor",
    ]
  `);
  expect(
    await complaintsAbout(
      manifest(
        'a/b: { readFrom: cloud, keys: { constructor: { at: { cloud: "to-string#valueOf" }, value: { env: A } } } }',
      ),
    ),
  ).toEqual([]);
  const yaml = manifest('a/b: { readFrom: cloud, keys: { k: { at: "${vars.constructor}" } } }');
  expect(await complaintsAbout(`${yaml}vars: { constructor: key }\n`)).toEqual([]);
});

test('what an install needs must be there', async () => {
  expect(
    await complaintsAbout(`${manifest()}install: { vault: { mode: wait, needs: [z/reader, z/readr] } }\n`),
  ).toMatchInlineSnapshot(`
    [
      "lab.yaml:10:51 install.vault.needs[1]: secrets has no entry z/readr. Did you mean z/reader?",
    ]
  `);
});
