import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { complaintsAbout, expanded, folderWith, loadFolder, resourceAt, shown } from './support/load.ts';

const head = 'apiVersion: lab/v1\nname: demo\n';

describe('complaints about the YAML itself name the place and what is expected', () => {
  test.each([
    ['an empty file', ''],
    ['a list', '- a\n'],
    ['a tab as indentation', `${head}stores:\n\ta: {}\n`],
    ['a key that stands there twice', `${head}vars: {}\nname: other\n`],
    ['a second document', `${head}---\nname: other\n`],
    ['an unquoted ${ in a flow map', `${head}vars: { kv: \${env}, list: [\${vars.x}] }\n`],
    ['an alias without its anchor', `${head}stores: { a: &team {}, b: *tema }\n`],
    ['an anchor that holds itself', `${head}stores: &x [*x]\n`],
    ['a tag that nobody knows', `${head}stores: !secret x\n`],
    ['a bracket that is not closed', `${head}stores: { a: 1\n`],
    ['a quote that is not closed', `${head}stores: "a\n`],
    ['two keys on one line', `${head}stores: a: 1\n`],
    ['a key that is no text', `${head}? [a]\n: 1\n`],
    ['a key that is no data', `${head}__proto__: 1\n`],
    ['a merge of what is no map', `${head}stores: { <<: 1 }\n`],
    ['a number that a double cannot hold', `${head}vars: { id: 12345678901234567890, most: .inf }\n`],
  ])('%s', async (_, yaml) => {
    expect(await complaintsAbout(yaml)).toMatchSnapshot();
  });

  test('what follows an unquoted ${ is not complained of again', async () => {
    const yaml = `${head}vars:\n  a: { kv: \${env}, other: [1, 2] }\n  b: { c: \${vars.a} }\n`;
    expect(await complaintsAbout(yaml)).toMatchInlineSnapshot(`
      [
        "lab.yaml:4:12 quote the value: inside { } and [ ], an unquoted \${ starts a map; write "\${…}"",
        "lab.yaml:5:11 quote the value: inside { } and [ ], an unquoted \${ starts a map; write "\${…}"",
      ]
    `);
  });

  test('a sentence never quotes the text around a syntax error', async () => {
    expect((await complaintsAbout(`${head}stores: "x" hunter2: y\n`)).join('\n')).not.toContain('hunter2');
  });

  test('a value that is no UTF-8 is named as such', async () => {
    const folder = await folderWith({});
    await writeFile(`${folder}/lab.yaml`, Buffer.from([0x61, 0x3a, 0x20, 0xff]));
    expect(shown(await loadFolder(folder), folder)).toEqual(['lab.yaml:1:1 lab.yaml is not UTF-8 text']);
  });
});

describe('limits', () => {
  test.each([
    ['flow lists', '['.repeat(100_000)],
    ['block lists', '- '.repeat(100_000)],
    ['flow maps', '{a: '.repeat(100_000)],
  ])('nesting of %s ends at 100 levels without a crash', async (_, yaml) => {
    expect(await complaintsAbout(yaml)).toEqual([
      expect.stringMatching(/^lab\.yaml:1:\d+ this nests deeper than 100 levels$/),
    ]);
  });

  test('aliases may not nest deeper either', async () => {
    const links = Array.from({ length: 120 }, (_, index) => `k${index + 1}: &a${index + 1} [*a${index}]\n`);
    expect(await complaintsAbout(`k0: &a0 [x]\n${links.join('')}`)).toContainEqual(
      expect.stringContaining('nests deeper than 100 levels'),
    );
  });

  test('aliases may not add up without bounds', async () => {
    const list = (item: string) => `[${Array(10).fill(item).join(', ')}]`;
    const bomb = Array.from({ length: 10 }, (_, index) => `k${index + 1}: &a${index + 1} ${list(`*a${index}`)}\n`);
    expect(await complaintsAbout(`k0: &a0 ${list('x')}\n${bomb.join('')}`)).toContainEqual(
      expect.stringContaining('aliases add up to more than 100000 values'),
    );
  });

  test('a manifest has at most 1 MiB', async () => {
    expect(await complaintsAbout(`${head}# ${'x'.repeat(1024 * 1024)}\n`)).toEqual([
      'lab.yaml:1:1 lab.yaml is larger than 1 MiB',
    ]);
  });
});

describe('anchors and merge keys', () => {
  const yaml = `${head}cluster: { context: c }
resources:
  kubernetes.namespace/a: { labels: &common { team: data, tier: gold } }
  kubernetes.namespace/b: { labels: *common }
  kubernetes.namespace/c: { labels: { tier: iron, <<: *common } }
  kubernetes.namespace/d: { labels: { <<: [{ tier: tin }, *common] } }
`;

  test('an alias is its anchor, a key beside a merge wins, and so does the earlier of two merged maps', async () => {
    const manifest = await expanded(yaml);
    const labels = (name: string) => resourceAt(manifest, `kubernetes.namespace/${name}`).spec['labels'];
    expect(labels('b')).toEqual({ team: 'data', tier: 'gold' });
    expect(labels('c')).toEqual({ team: 'data', tier: 'iron' });
    expect(labels('d')).toEqual({ team: 'data', tier: 'tin' });
  });

  test('a complaint about a merged value points to where it was written', async () => {
    expect(await complaintsAbout(yaml.replace('team: data', 'team: 5'))).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:53 resources["kubernetes.namespace/a"].labels.team: is a number; text is expected; put it in quotes",
        "lab.yaml:5:53 resources["kubernetes.namespace/b"].labels.team: is a number; text is expected; put it in quotes",
        "lab.yaml:5:53 resources["kubernetes.namespace/c"].labels.team: is a number; text is expected; put it in quotes",
        "lab.yaml:5:53 resources["kubernetes.namespace/d"].labels.team: is a number; text is expected; put it in quotes",
      ]
    `);
  });
});
