import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kindJsonSchema, manifestJsonSchema } from '../../src/cli/schemas.ts';
import { loadManifest } from '../../src/manifest/load.ts';
import { breakages, membersOf } from './support/broken.ts';
import { folderWith, kinds, shown } from './support/load.ts';

const head = { apiVersion: 'lab/v1', name: 'x', cluster: { context: 'c' } };

// What a schema library says, or a program that stumbled over its own words.
const machine =
  /\binvalid |\breceived\b|expected (string|number|object|array|record|boolean|int|never|null)\b|\btoo (small|big)\b|unrecognized|undefined|\bNaN\b|\[object|nonoptional|(most|least) 1 [a-z]+s\b|there are ?$|is no [a-z]+_|must match|\/\^/i;

/** Where in the file, where in the manifest, and a sentence: what is wrong, or what must be. */
const sentence =
  /^lab\.yaml:\d+:\d+ \S.*\b(is|are|must|has|have|needs?|names?|cannot|goes|takes?|belongs?|means?|choose|holds?|says|refers|depends|stands?|makes?|can|does|may) \S/s;

/** Messages that nobody should have to read, each with what brought it up. */
const badMessages = async (manifests: Iterable<{ what: string; manifest: object }>) => {
  const folder = await folderWith({});
  const bad: string[] = [];
  let complained = 0;
  for (const { what, manifest } of manifests) {
    await writeFile(join(folder, 'lab.yaml'), JSON.stringify(manifest));
    const messages = shown(
      await loadManifest({ path: folder, environment: undefined, vars: {}, env: {}, kinds }),
      folder,
    );
    complained += messages.length;
    bad.push(
      ...messages.filter((text) => machine.test(text) || !sentence.test(text)).map((text) => `${what} => ${text}`),
    );
  }
  return { bad: bad.slice(0, 20), complained };
};

const root = manifestJsonSchema();
const sections = membersOf(root);

function* inSection(section: string) {
  for (const { what, value } of breakages(sections[section] ?? {}, root, section)) {
    yield { what, manifest: { ...head, [section]: value } };
  }
}

function* inResources(kind: string) {
  const schema = kindJsonSchema(kind);
  const address = [kind, ...(kinds.get(kind)?.parts[0] ?? []).map(() => 'aaa')].join('/');
  for (const { what, value } of breakages(schema, schema, kind, 4)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      yield { what, manifest: { ...head, resources: { [address]: value } } };
    }
  }
}

describe('whatever is wrong with a manifest, every complaint is a sentence for people', () => {
  // An environment holds the other sections once more.
  test.each(Object.keys(sections).filter((name) => name !== 'environments'))(
    'in the section %s',
    async (section) => {
      const { bad, complained } = await badMessages(inSection(section));
      expect(bad).toEqual([]);
      expect(complained).toBeGreaterThan(0);
    },
    180_000,
  );

  test.each([...kinds.keys()])('in a %s under resources', async (kind) => {
    const { bad, complained } = await badMessages(inResources(kind));
    expect(bad).toEqual([]);
    expect(complained).toBeGreaterThan(0);
  });
});
