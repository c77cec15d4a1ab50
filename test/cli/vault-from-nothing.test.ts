import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, lab } from './lab.ts';

const example = fileURLToPath(new URL('../../examples/vault-from-nothing', import.meta.url));

// vault.server and vault.root-revocation, in the sandbox; each test goes on where the one before it ended.
describe('the example vault-from-nothing in the sandbox', () => {
  let cwd: string;
  const run = (...words: readonly string[]) => lab([...words, '--sandbox'], { cwd, env: { HOME: cwd } });
  const json = async (...words: readonly string[]) => {
    const ended = await run(...words, '--json');
    return { code: ended.code, ...JSON.parse(ended.stdout) };
  };
  const place = () => join(cwd, '.lab/sandbox/vault-from-nothing/kind');
  /** What the sandbox's own servers hold: that they know their secrets is no leak. */
  const held = async (file: string) => JSON.parse(await readFile(join(place(), 'systems', file), 'utf8'));

  beforeAll(async () => {
    build();
    cwd = await mkdtemp(join(tmpdir(), 'lab-from-nothing-'));
    await cp(example, cwd, { recursive: true });
  }, 120_000);
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  test('the plan names the one-way step, and defers what is inside Vault', async () => {
    const plan = await json('plan');
    expect(plan).toMatchObject({ code: 0, errored: false, complete: false });
    const server = plan.changes.find(({ kind }: { kind: string }) => kind === 'vault.server');
    expect(server).toMatchObject({ irreversible: expect.stringContaining('initialised') });
  });

  test('one apply initialises, escrows, unseals, sets up, and revokes root', async () => {
    const applied = await json('apply');
    expect({ code: applied.code, failed: applied.failed, diagnostics: applied.diagnostics }).toEqual({
      code: 0,
      failed: [],
      diagnostics: [],
    });
    const { tokens, state } = await held('vault.json');
    expect(state).toBe('active');
    const policies = Object.values<{ policies: string[] }>(tokens).flatMap((token) => token.policies);
    expect(policies).toContain('lab-apply');
    expect(policies).not.toContain('root');
  });

  test('what is kept is each custodian’s own, and the answer of init is gone', async () => {
    const cluster = JSON.stringify(await held('kubernetes.json'));
    for (const name of ['key', 'shares', 'record'])
      expect(cluster).toContain(`lab-vault-vault-from-nothing-kind-${name}`);
    expect(cluster).not.toContain('vault-from-nothing-kind-answer');
    const files = await readdir(place());
    expect(files).toContain('shares-3.asc');
    expect(files).not.toContain('vault-init-answer.json');
    expect(await readFile(join(place(), 'shares-3.asc'), 'utf8')).toMatch(/Share 5[^]*-----BEGIN PGP MESSAGE-----/);
    // A rehearsal writes nothing to the files of the real custodians.
    expect(await readdir(cwd)).not.toContain('escrow');
  });

  test('no share and no root token lies in any file of lab', async () => {
    const { seal } = await held('vault.json');
    const texts = await Promise.all(
      ['shares-3.asc', 'state.json', 'systems/kubernetes.json'].map((file) => readFile(join(place(), file), 'utf8')),
    );
    for (const share of seal.shares) {
      for (const text of texts) {
        expect(text).not.toContain(share);
        expect(text).not.toContain(Buffer.from(share, 'hex').toString('base64'));
        expect(text).not.toContain(Buffer.from(share).toString('base64').slice(0, 40));
      }
    }
  });

  test('afterwards there is nothing to do', async () => {
    expect((await run('plan', '--detailed-exitcode')).code).toBe(0);
    expect(await json('apply')).toMatchObject({ code: 0, writes: 0, done: [] });
    expect((await run('drift')).code).toBe(0);
  });

  test('it is proven: in service, and no other root token', async () => {
    const { code, verified } = await json('verify');
    expect(code).toBe(0);
    const probes = verified.flatMap(({ probes: all }: { probes: object[] }) => all);
    expect(probes).toEqual([
      { is: 'proven', check: 'in service' },
      { is: 'proven', check: 'no other root token' },
    ]);
  });
});
