import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needles } from '../../src/secrets/needles.ts';
import { standInPrefix } from '../../src/secrets/stand-in.ts';
import { copyExample } from '../support/examples.ts';
import { build, lab } from './lab.ts';

// One story in order, as a stranger with Node and git and nothing else would live it.
describe('first contact', () => {
  let cwd: string;
  const example = ['-f', 'two-phase'];
  const printed: string[] = [];
  // Without redaction: the byte scan judges the Secret type, not the net behind it.
  const run = async (...words: readonly string[]) => {
    const ended = await lab([...words, ...example], { cwd, env: { HOME: cwd, LAB_REDACT: 'off' } });
    printed.push(ended.stdout, ended.stderr);
    return ended;
  };
  const json = async (...words: readonly string[]) => JSON.parse((await run(...words, '--json')).stdout);

  beforeAll(async () => {
    build();
    cwd = await mkdtemp(join(tmpdir(), 'lab-first-'));
    await copyExample('two-phase', join(cwd, 'two-phase'));
  }, 120_000);
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  test('apply --sandbox ends with 0, having shown both phases and the gate between them', async () => {
    const ran = await run('apply', '--sandbox');
    expect({ code: ran.code, errors: ran.code === 0 ? '' : ran.stderr }).toEqual({ code: 0, errors: '' });
    expect(ran.stderr).toMatch(/^bootstrap$/m);
    expect(ran.stderr).toMatch(/^production$/m);
    expect(ran.stderr).toContain('deferred until vault.active');
    expect(ran.stderr).toContain('vault.active is shut: ');
    expect(ran.stdout).toMatch(/^Applied 21 of 21/m);
  }, 120_000);

  test('then there is nothing to do', async () => {
    expect((await run('plan', '--sandbox', '--detailed-exitcode')).code).toBe(0);
    expect(await json('apply', '--sandbox')).toMatchObject({ exit: { code: 0 }, done: [], writes: 0 });
  });

  test('a policy that a stranger edits is drift, and apply mends it', async () => {
    const edit = 'paths["secret/data/elsewhere"]=["read"]';
    expect((await run('sandbox', 'edit', 'vault.policy/external-secrets', edit)).code).toBe(0);
    const drift = await json('drift', '--sandbox');
    expect(drift).toMatchObject({ exit: { code: 3 }, pending: [] });
    expect(drift.drifted.map(({ address }: { address: string }) => address)).toEqual(['vault.policy/external-secrets']);
    expect((await run('apply', '--sandbox')).code).toBe(0);
    expect((await run('drift', '--sandbox')).code).toBe(0);
  });

  test('a plan of the sandbox is refused by a real run', async () => {
    expect((await run('plan', '--sandbox', '--out', 'plan.lab.json')).code).toBe(0);
    expect((await lab(['apply', 'plan.lab.json', ...example], { cwd, env: { HOME: cwd } })).code).toBe(6);
  });

  test('its state lies apart from the real one', async () => {
    expect((await readdir(join(cwd, 'two-phase', '.lab'))).toSorted()).toEqual(['.gitignore', 'sandbox']);
  });

  test('nothing that it holds for lab shows a value: state has fingerprints only', async () => {
    const folder = join(cwd, 'two-phase', '.lab', 'sandbox', 'illm-k8s-lab', 'kind');
    const names = (await readdir(folder)).filter((name) => name !== 'systems' && name !== 'seed');
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    expect(texts.join('')).toContain('fingerprint');
    expect(texts.join('')).not.toContain('lab-sandbox-stand-in');
  });

  test('a renamed key with the same name is a move, and nothing is deleted', async () => {
    const file = join(cwd, 'two-phase', 'lab.yaml');
    const before = await readFile(file, 'utf8');
    await writeFile(file, before.replace('  experiments/demo-api:\n', '  experiments/demo:\n    name: demo-api\n'));
    const { summary, changes } = await json('plan', '--sandbox');
    expect(summary).toMatchObject({ move: 1, create: 0, delete: 0, update: 0 });
    expect(changes.find(({ actions }: { actions: string[] }) => actions.includes('move')).address).toBe(
      'external-secrets.external-secret/experiments/demo',
    );
    await writeFile(file, before);
  });

  test('destroy leaves nothing of ours, and asks for its flag first', async () => {
    expect((await run('destroy', '--sandbox')).code).toBe(5);
    expect((await run('destroy', '--sandbox', '--allow-data-loss')).code).toBe(0);
    const { summary } = await json('plan', '--sandbox');
    expect(summary).toMatchObject({ create: 21, update: 0, none: 0 });
  });

  test('nothing that any command printed holds a value', async () => {
    await Promise.all([
      run('explain', 'external-secrets.external-secret/experiments/demo-api', '--sandbox'),
      run('state', 'list', '--sandbox', '--json'),
      run('graph'),
      run('graph', '--format', 'mermaid'),
      run('expand', '--json'),
    ]);
    const seen = printed.join('\n');
    expect(seen.length).toBeGreaterThan(10_000);
    for (const needle of needles(standInPrefix)) expect(seen.includes(needle) ? needle : '').toBe('');
  });

  test('commands at the same time take turns', async () => {
    const codes = (
      await Promise.all([run('plan', '--sandbox'), run('drift', '--sandbox'), run('plan', '--sandbox')])
    ).map(({ code }) => code);
    expect(codes).toEqual([0, 2, 0]);
  });

  test('reset forgets it all', async () => {
    expect((await run('sandbox', 'reset')).code).toBe(0);
    expect((await json('plan', '--sandbox')).summary).toMatchObject({ create: 14, deferred: 7 });
  });
});
