import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { StartServers } from '../../src/cli/ground.ts';
import { sandboxSurroundings } from '../../src/cli/sandbox.ts';
import type { Expanded } from '../../src/manifest/expanded.ts';
import { redactor } from '../../src/secrets/redaction.ts';
import { reveal, type Secret } from '../../src/secrets/secret.ts';
import { fromSource, type Source } from '../../src/secrets/source.ts';
import { isStandIn } from '../../src/secrets/stand-in.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-sandbox-'));
  return () => rm(folder, { recursive: true, force: true });
});

const manifest = (): Expanded => ({
  name: 'demo',
  environment: 'kind',
  folder,
  resources: [],
  connections: { vault: { address: 'https://vault.example.com' } },
  connectionsAt: {},
  expects: { kubernetes: '3f0c' },
  needs: {},
  inputs: 'inputs',
  allowDestroy: false,
  state: { backend: 'local' },
  fingerprints: { in: 'file' },
  computed: new Map(),
  allowIrreversible: new Set(),
  diagnostics: [],
});

const start: StartServers = async () => ({
  connections: { vault: { address: 'http://127.0.0.1:1' } },
  env: { VAULT_TOKEN: 'root-of-the-sandbox' },
  close: async () => {},
});

/** Surroundings with the desk that goes with them; no cluster is asked for its key. */
const open = async () => {
  const around = await sandboxSurroundings(manifest(), redactor(), start);
  const desk = await around.desk('writes', () => Promise.reject(new Error('the cluster was asked')));
  return { ...around, desk };
};

const from = (source: Source, at = 'lab.yaml:1:1') =>
  fromSource({ source, onMissingSource: 'enforce', onExternalChange: 'keep', at });

const generated = { from: 'generate', length: 32, alphabet: 'hex' } as const;

/** The text behind a value that must be there. */
const text = async (value: Promise<Secret | undefined>): Promise<string> => {
  const found = await value;
  return found === undefined ? 'none' : reveal(found);
};

describe('the sandbox', () => {
  test('puts its own servers in place of the real ones, and lets their identity be another', async () => {
    const around = await open();
    expect(around.manifest.connections).toEqual({ vault: { address: 'http://127.0.0.1:1' } });
    expect(around.manifest.expects).toEqual({});
    expect(around.env).toEqual({ VAULT_TOKEN: 'root-of-the-sandbox' });
  });

  test('reads no source: every value is a stand-in, the same in every run', async () => {
    process.env.LAB_TEST_AMBIENT = 'a real value';
    const source = { from: 'env', name: 'LAB_TEST_AMBIENT' } as const;
    const [first, second] = [await open(), await open()];
    const value = await first.desk.resolve(from(source));
    expect(value !== undefined && isStandIn(value)).toBe(true);
    expect(await text(second.desk.resolve(from(source, 'lab.yaml:9:9')))).toBe(await text(Promise.resolve(value)));
    expect(await text(first.desk.resolve(from({ from: 'file', path: 'no-such-file' })))).toMatch(/^lab-sandbox-/);
    delete process.env.LAB_TEST_AMBIENT;
  });

  test('tells sources and generated values apart', async () => {
    const { desk } = await open();
    const values = await Promise.all(
      [
        from({ from: 'env', name: 'A' }),
        from({ from: 'env', name: 'B' }),
        from(generated, 'lab.yaml:1:1'),
        from(generated, 'lab.yaml:2:1'),
      ].map((sourced) => text(desk.resolve(sourced))),
    );
    expect(new Set(values).size).toBe(4);
  });

  test('knows no login but its own', async () => {
    process.env.LAB_TEST_AMBIENT = 'a real token';
    const { read } = await open();
    expect(await text(read({ from: 'env', name: 'VAULT_TOKEN' }))).toBe('root-of-the-sandbox');
    expect(await read({ from: 'env', name: 'LAB_TEST_AMBIENT' })).toBeUndefined();
    expect(await read({ from: 'file', path: '/etc/hostname' })).toBeUndefined();
    delete process.env.LAB_TEST_AMBIENT;
  });

  test('recognises its values by a key of its own, which lies with its seed and nowhere else', async () => {
    const [first, second] = [await open(), await open()];
    const value = await first.desk.resolve(from(generated));
    if (value === undefined) throw new TypeError('a stand-in is always there');
    const mark = first.desk.fingerprint('1a2b', 'vault.kv-secret/a', 'data', value);
    expect(second.desk.knowsKey(mark)).toBe(true);
    const home = join(folder, '.lab', 'sandbox', 'demo', 'kind');
    expect(await readdir(home)).toEqual(['seed']);
    expect((await stat(join(home, 'seed'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, '.lab', '.gitignore'), 'utf8')).toBe('*\n');
  });
});
