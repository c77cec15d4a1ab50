import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadManifest } from '../../src/manifest/load.ts';
import { complaintsAbout, folderWith, kinds } from './support/load.ts';

const words = `apiVersion lab/v1 name vars cluster context stores secrets vault resources type kubernetes namespace auth
  expose none readFrom keys at value env file policies paths mounts roles serviceAccounts a/b x#y \${vars.x} \${env}
  \${vault.mount/a#accessor} vault.mount/a kubernetes.namespace/a kubernetes.secret/a/b environments dev __proto__
  constructor`.split(/\s+/);
const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...words) },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
);

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    word,
    fc.constantFrom(null, true, 0, -1, 1.5),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(word, tie('tree'), { maxKeys: 4 }),
  ),
}));

/** Loads any text and says how it ended; throws only if the loader does. */
const outcome = async (folder: string, text: string): Promise<string> => {
  await writeFile(join(folder, 'lab.yaml'), text);
  const loaded = await loadManifest({ path: folder, environment: undefined, vars: {}, env: {}, kinds });
  if (loaded.ok) return 'ok';
  for (const { severity, code, message, at = '' } of loaded.diagnostics) {
    expect({ severity, code }).toEqual({ severity: 'error', code: 'BAD_MANIFEST' });
    expect(message).not.toBe('');
    expect(at).toMatch(/^.*lab\.yaml:\d+:\d+$/);
  }
  return loaded.diagnostics.length > 0 ? 'complaints' : 'nothing said';
};

test('any text and any tree of words end in a manifest or in complaints with places, never in an exception', async () => {
  const folder = await folderWith({});
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.string({ maxLength: 100, unit: fc.constantFrom(...'{}[]:,-?&*!|>\'"%@#$ \n\tab'.split('')) }),
    tree.map((value) => stringify(value)),
    tree.map((value) => `apiVersion: lab/v1\nname: x\ncluster: { context: c }\nresources: ${JSON.stringify(value)}\n`),
    tree.map(
      (value) =>
        `apiVersion: lab/v1\nname: x\nvault: ${JSON.stringify(value)}\nenvironments: { dev: ${JSON.stringify(value)} }\n`,
    ),
  );
  await fc.assert(
    fc.asyncProperty(text, async (yaml) => {
      expect(['ok', 'complaints']).toContain(await outcome(folder, yaml));
    }),
    { numRuns: 400 },
  );
});

test('a manifest that loses or garbles any one line ends the same way', async () => {
  const folder = await folderWith({});
  const lines = (await readFile('examples/two-phase/lab.yaml', 'utf8')).split('\n');
  const mutation = fc.record({
    line: fc.nat({ max: lines.length - 1 }),
    garbled: fc.oneof(fc.constant(undefined), word, fc.constantFrom('  x: [', '\tx', '- a', ' : :', '&a *a')),
  });
  await fc.assert(
    fc.asyncProperty(mutation, async ({ line, garbled }) => {
      const changed = garbled === undefined ? lines.toSpliced(line, 1) : lines.with(line, garbled);
      expect(['ok', 'complaints']).toContain(await outcome(folder, changed.join('\n')));
    }),
    { numRuns: 150 },
  );
});

test('the example itself has nothing to complain of', async () => {
  const yaml = await readFile('examples/two-phase/lab.yaml', 'utf8');
  for (const environment of ['kind', 'local']) expect(await complaintsAbout(yaml, { environment })).toEqual([]);
});
