import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { savedPlanText } from '../../src/engine/saved.ts';
import { change, plan } from '../views/literal-plan.ts';
import { build, lab } from './lab.ts';

// A Vault that nobody runs: port 1 of this machine. Waited for, so that its absence is no error.
const manifest = `apiVersion: lab/v1
name: demo
install: { vault: { mode: wait, namespace: vault } }
vault:
  address: http://127.0.0.1:1
  plaintext: loopback
  login: { auth: token, token: { env: VAULT_TOKEN } }
  mounts: { secret: { type: kv-v2 } }
  policies: { external-secrets: { paths: { "secret/data/*": [read] } } }
`;

let cwd: string;
let env: Record<string, string>;

beforeAll(build, 120_000);
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lab-cli-'));
  env = { HOME: cwd };
  await writeFile(join(cwd, 'lab.yaml'), manifest);
  return () => rm(cwd, { recursive: true, force: true });
});

const run = (...words: readonly string[]) => lab(words, { cwd, env });

/** stdout of a run with --json: exactly one document. */
const document = async (...words: readonly string[]): Promise<unknown> =>
  JSON.parse((await run(...words, '--json')).stdout);

describe('help', () => {
  test('lists the commands, and says of each what its flags and exit codes mean', async () => {
    const [all, one] = await Promise.all([run('help'), run('plan', '--help')]);
    expect(all).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ {2}destroy +Delete what lab made/m) });
    expect(one.stdout).toMatch(/--allow-deferred=GATE\.\.\. .*\n[^]*Exit code: 0[^]*EXAMPLES/);
  });
});

describe('a word that is no command', () => {
  test('gets the nearest one, as text and as JSON', async () => {
    expect(await run('plann')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Error: there is no command plann. Did you mean plan?\n  Next: lab --help lists them.\n',
    });
    expect(await document('state', 'lisst')).toMatchObject({
      exit: { code: 1 },
      error: { code: 'BAD_MANIFEST', message: expect.stringContaining('Did you mean state list?') },
    });
  });
});

describe('wrong use', () => {
  test.each([
    ['an unknown flag', ['plan', '--nope']],
    ['an unknown command', ['frobnicate']],
    ['a missing argument', ['show']],
    ['an argument too many', ['validate', 'surplus']],
    ['a flag without its value', ['plan', '--target']],
    ['a variable that is none', ['validate', '--var', 'x']],
    ['a duration that is none', ['apply', '--wait', 'soon']],
    ['a target that matches nothing', ['plan', '--target', 'vault.mount/other']],
    ['a selection beside a saved plan', ['apply', 'plan.lab.json', '--target', 'vault']],
  ])('%s ends with 1, never with the code of pending changes', async (_, words) => {
    const { code, stdout, stderr } = await run(...words);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('Error');
  });

  test('is one document with --json', async () => {
    expect(await document('plan', '--nope')).toEqual({
      formatVersion: 1,
      exit: { code: 1, conditions: ['error'] },
      error: { code: 'BAD_MANIFEST', message: 'Nonexistent flag: --nope', next: 'lab plan --help' },
      diagnostics: [],
    });
  });
});

describe('a bad manifest', () => {
  beforeEach(() => writeFile(join(cwd, 'lab.yaml'), manifest.replace('kv-v2', 'kv-v3').replace('policies', 'policys')));

  test('ends validate with 1 and every complaint at its line', async () => {
    const { code, stdout, stderr } = await run('validate');
    expect(code).toBe(1);
    expect(stderr).toContain('lab.yaml:8:');
    expect(stderr).toContain('lab.yaml:9:');
    expect(stdout).toContain('Not valid: 2 problems');
  });

  test('ends plan with 1 before any server is asked', async () => {
    const { code, stdout, stderr } = await run('plan');
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('the manifest has 2 problems');
  });

  test('is one document with --json, with a diagnostic for each complaint', async () => {
    expect(await document('plan')).toMatchObject({
      exit: { code: 1 },
      error: { code: 'BAD_MANIFEST' },
      diagnostics: [{ at: expect.stringMatching(/^lab\.yaml:8:/) }, { at: expect.stringMatching(/^lab\.yaml:9:/) }],
    });
    expect(await document('validate')).toMatchObject({ valid: false, diagnostics: [{}, {}] });
  });
});

describe('a manifest whose server is not there yet', () => {
  test('is valid, and expands to its resources', async () => {
    expect(await run('validate')).toMatchObject({ code: 0, stdout: expect.stringContaining('Valid: 2 resources') });
    expect(await document('expand')).toMatchObject({
      resources: [
        { address: 'vault.mount/secret', phase: 'production', at: expect.stringMatching(/^lab\.yaml:8:/) },
        { address: 'vault.policy/external-secrets' },
      ],
    });
  });

  test('is planned as deferred: 0, and 4 with --detailed-exitcode, and 0 again where that gate may stay shut', async () => {
    const { code, stdout, stderr } = await run('plan');
    expect(code).toBe(0);
    expect(stdout).toContain('> vault.mount/secret');
    expect(stderr).toContain('Reading 2 objects');
    expect((await run('plan', '--detailed-exitcode')).code).toBe(4);
    expect((await run('plan', '--detailed-exitcode', '--allow-deferred', 'vault.active')).code).toBe(0);
  });

  test('is no drift, and not in sync either', async () => {
    expect((await run('drift')).code).toBe(4);
    expect(await document('drift')).toMatchObject({ drifted: [], deferred: [{}, {}] });
  });

  test('is not applied without somebody to approve, and leaves no state', async () => {
    const { code, stderr } = await run('apply');
    expect(code).toBe(5);
    expect(stderr).toContain('--auto-approve');
    expect((await run('state', 'list')).code).toBe(1);
  });

  test('is applied as far as it goes, and the document says what is left', async () => {
    const { code, stdout } = await run('apply', '--auto-approve', '--json');
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ done: [], deferred: [{}, {}], writes: 0 });
  });

  test('is not destroyed, whatever the flags', async () => {
    expect((await run('destroy', '--auto-approve', '--allow-data-loss')).code).toBe(5);
  });

  test('is planned without leaving anything in the folder but what --out asks for', async () => {
    await run('plan', '--out', 'plan.lab.json');
    expect((await readdir(cwd)).toSorted()).toEqual(['lab.yaml', 'plan.lab.json']);
    expect(await document('show', 'plan.lab.json')).toMatchObject({ exit: { code: 0 }, changes: [{}, {}] });
  });

  test('is no longer what was saved once the manifest has changed', async () => {
    await run('plan', '--out', 'plan.lab.json');
    await writeFile(join(cwd, 'lab.yaml'), `${manifest}\n# changed\n`);
    expect((await run('apply', 'plan.lab.json')).code).toBe(6);
  });
});

describe('first contact', () => {
  test('init writes a manifest that validate takes, and no second one over it', async () => {
    const folder = join(cwd, 'fresh');
    expect(await run('init', 'fresh')).toMatchObject({ code: 0, stdout: expect.stringContaining('lab plan -f fresh') });
    expect((await run('validate', '-f', folder)).code).toBe(0);
    expect((await run('init', 'fresh')).code).toBe(5);
  });

  test('graph draws who needs whom, as text and as Mermaid', async () => {
    const text = await run('graph');
    expect(text).toMatchObject({ code: 0, stdout: expect.stringMatching(/^production\n {2}vault\.mount\/secret$/m) });
    expect((await run('graph', '--format', 'mermaid')).stdout).toMatch(/^flowchart LR\n {2}subgraph production\n/);
    expect(await document('graph')).toMatchObject({ exit: { code: 0 }, resources: [{}, {}] });
  });

  test('explain says where an address is written and why it is not there yet', async () => {
    const { code, stdout } = await run('explain', 'vault.policy/external-secrets');
    expect(code).toBe(0);
    expect(stdout).toContain('lab.yaml:9:');
    expect(stdout).toContain('deferred until vault.active opens');
    expect(await document('explain', 'vault.mount/secret')).toMatchObject({ change: { actions: ['deferred'] } });
  });

  test('explain knows what an unknown address may have meant', async () => {
    const { code, stderr } = await run('explain', 'vault.policy/external-secret');
    expect(code).toBe(1);
    expect(stderr).toContain('Did you mean vault.policy/external-secrets?');
  });

  test('schema prints a JSON Schema of the manifest, or of one kind', async () => {
    expect(JSON.parse((await run('schema')).stdout)).toMatchObject({ properties: { vault: {}, secrets: {} } });
    expect(await document('schema', 'vault.policy')).toMatchObject({ schema: { properties: { hcl: {} } } });
    expect((await run('schema', 'vault.polcy')).stderr).toContain('Did you mean vault.policy?');
  });
});

describe('a plan of the sandbox', () => {
  beforeEach(() =>
    writeFile(
      join(cwd, 'sandbox.json'),
      savedPlanText(plan([], { owner: { name: 'demo', environment: 'default' }, world: 'sandbox' })),
    ),
  );

  test('is refused by a real run before any server is asked', async () => {
    const { code, stderr } = await run('apply', 'sandbox.json');
    expect(code).toBe(6);
    expect(stderr).toContain('made in the sandbox');
    expect(stderr).not.toContain('Reading 2 objects');
  });

  test('says so when it is shown', async () => {
    expect((await run('show', 'sandbox.json')).stdout).toContain('demo · env default · sandbox');
  });
});

test('show needs no manifest, no server and no credentials', async () => {
  await rm(join(cwd, 'lab.yaml'));
  await writeFile(join(cwd, 'saved.json'), savedPlanText(plan([change('vault.policy/a', { actions: ['create'] })])));
  expect(await run('show', 'saved.json')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('+ vault.policy/a'),
  });
});

test('a lock is taken away by its id, and none is no error', async () => {
  expect(await document('state', 'unlock', '0a1b2c3d')).toMatchObject({ exit: { code: 0 }, holder: null });
});
