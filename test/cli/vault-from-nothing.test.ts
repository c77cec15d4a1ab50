import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { needles } from '../../src/secrets/needles.ts';
import { copyExample } from '../support/examples.ts';
import { build, lab } from './lab.ts';

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
    await copyExample('vault-from-nothing', cwd);
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

  test('the record says who was given what, its digest moves only with it, and no share is in it', async () => {
    const file = join(cwd, 'record.json');
    expect((await run('vault', 'record', '--out', file)).code).toBe(0);
    const text = await readFile(file, 'utf8');
    const saved = JSON.parse(text);
    expect(saved).toMatchObject({
      formatVersion: 1,
      exit: { code: 0 },
      record: {
        root: { is: 'revoked', found: 'alive' },
        generations: [{ number: 1, is: 'counts', shares: 5, threshold: 3, product: 'vault', seal: 'shamir' }],
      },
      looked: { stores: [{ is: 'same' }, { is: 'same' }], copies: [{ is: 'same' }, { is: 'same' }, { is: 'same' }] },
    });
    const again = await json('vault', 'record');
    expect({ ...again.record, sha256: again.sha256 }).toEqual({ ...saved.record, sha256: saved.sha256 });
    const printed = (await run('vault', 'record')).stdout;
    expect(printed).toMatch(/root token: revoked by [^]*generation 1, of init: counts[^]*read back [^]*there now/);
    const { seal } = await held('vault.json');
    for (const share of seal.shares) {
      for (const needle of needles(share)) expect(`${text}${printed}`).not.toContain(needle);
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
    expect(probes).toEqual(
      expect.arrayContaining([
        { is: 'proven', check: 'in service' },
        { is: 'proven', check: 'escrow-operations gives its shares' },
        { is: 'proven', check: 'escrow-security gives its shares' },
        { is: 'proven', check: 'no other root token' },
      ]),
    );
  });
});

describe('new shares in the sandbox', () => {
  test('are shown, handed out and proven; those of before stay until they are deleted', {
    timeout: 60_000,
  }, async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'lab-rekey-'));
    onTestFinished(() => rm(cwd, { recursive: true, force: true }));
    await copyExample('vault-from-nothing', cwd);
    const run = (...words: readonly string[]) => lab([...words, '--sandbox', '--json'], { cwd, env: { HOME: cwd } });
    expect((await run('apply')).code).toBe(0);
    const done = await run('vault', 'rekey');
    expect(done.stderr).toMatch(/5 new shares for the Vault[^]*escrow-operations +2 shares[^]*snapshots of before/);
    const document = JSON.parse(done.stdout);
    expect(document).toMatchObject({ formatVersion: 1, exit: { code: 0 }, shares: 5, threshold: 3, generation: 2 });
    expect(document).toMatchObject({ did: 'handed out', dropped: [] });
    const keptIn = () => readFile(join(cwd, '.lab/sandbox/vault-from-nothing/kind/systems/kubernetes.json'), 'utf8');
    const before = await keptIn();
    for (const name of ['key', 'shares', 'key-2', 'shares-2']) expect(before).toContain(`-kind-${name}"`);

    const deleted = await run('vault', 'rekey', '--delete-old');
    expect(deleted.stderr).toMatch(/No new shares[^]*no snapshot that was taken while they counted[^]*those of init/);
    expect(JSON.parse(deleted.stdout)).toMatchObject({
      did: 'deleted old copies',
      generation: 2,
      dropped: ['escrow-operations', 'escrow-security', 'keys/oncall.asc'],
    });
    const cluster = await keptIn();
    expect(JSON.parse((await run('vault', 'record')).stdout)).toMatchObject({
      exit: { code: 0 },
      record: {
        generations: [
          { number: 1, of: 'init', is: 'counted before' },
          { number: 2, of: 'rekey', is: 'counts', custodians: document.custodians },
        ],
      },
      looked: { copies: [{ is: 'gone' }, { is: 'gone' }, { is: 'carried away' }, {}, {}, { is: 'same' }] },
    });
    expect(JSON.parse((await run('vault', 'rekey', '--delete-old')).stdout)).toMatchObject({
      exit: { code: 0 },
      generation: 2,
      dropped: [],
    });
    const snapshot = await run('vault', 'snapshot', join(cwd, 'vault.snap'));
    expect(snapshot.code).toBe(5);
    expect(snapshot.stdout).toMatch(/keeps its storage in inmem, not on raft[^]*Back that storage up/);
    for (const name of ['key-2', 'shares-2', 'record-2']) expect(cluster).toContain(`-kind-${name}"`);
    for (const name of ['shares', 'answer-2']) expect(cluster).not.toContain(`-kind-${name}"`);
    expect(JSON.parse((await run('apply')).stdout)).toMatchObject({ exit: { code: 0 }, writes: 0 });
    expect((await run('verify')).code).toBe(0);
  });
});

describe('an age file in the sandbox', () => {
  test('keeps all shares for an identity of its own, and gives new ones', { timeout: 60_000 }, async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'lab-age-'));
    onTestFinished(() => rm(cwd, { recursive: true, force: true }));
    await copyExample('vault-from-nothing', cwd);
    const file = join(cwd, 'lab.yaml');
    const age = `custodians: [{ ageFile: escrow/k.age, recipient: age1${'q'.repeat(58)}, shares: 5 }]\n`;
    await writeFile(file, (await readFile(file, 'utf8')).replace(/custodians: #[^]*?(?= {4}rootToken)/, age));
    const run = async (...words: readonly string[]) => {
      const { stdout } = await lab([...words, '--sandbox', '--json'], { cwd, env: { HOME: cwd } });
      return JSON.parse(stdout);
    };
    expect(await run('apply')).toMatchObject({ exit: { code: 0 }, failed: [] });
    expect(await run('apply')).toMatchObject({ exit: { code: 0 }, writes: 0 });
    expect((await run('vault', 'status')).escrow).toMatchObject([
      { custodian: 'escrow/k.age', shares: 5, readable: 5 },
    ]);
    expect(await run('vault', 'rekey')).toMatchObject({ exit: { code: 0 }, generation: 2 });
    const folder = join(cwd, '.lab/sandbox/vault-from-nothing/kind');
    expect(await readFile(join(folder, 'shares-1-2.age'), 'utf8')).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
    expect(await readdir(cwd)).not.toContain('escrow');
  });
});

describe('an escrow in two clouds', () => {
  test('is made, unseals, and is told of by where and as whom', { timeout: 60_000 }, async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'lab-escrow-clouds-'));
    onTestFinished(() => rm(cwd, { recursive: true, force: true }));
    await copyExample('vault-from-nothing', cwd);
    const file = join(cwd, 'lab.yaml');
    const manifest = (await readFile(file, 'utf8'))
      .replace(
        '{ type: kubernetes, namespace: escrow-operations, expose: none }',
        '{ type: azure-key-vault, manage: existing, name: illm-k8s-escrow, expose: none }',
      )
      .replace(
        '{ type: kubernetes, namespace: escrow-security, expose: none }',
        '{ type: aws-secrets-manager, region: eu-west-1, expose: none }',
      );
    await writeFile(file, manifest);
    const run = (...words: readonly string[]) => lab([...words, '--sandbox', '--json'], { cwd, env: { HOME: cwd } });
    const applied = JSON.parse((await run('apply')).stdout);
    expect(applied).toMatchObject({ exit: { code: 0 }, failed: [], diagnostics: [] });
    expect(JSON.parse((await run('apply')).stdout)).toMatchObject({ exit: { code: 0 }, writes: 0 });
    const status = JSON.parse((await run('vault', 'status')).stdout);
    expect(status.escrow).toMatchObject([
      {
        custodian: 'escrow-operations',
        shares: 2,
        readable: 2,
        where: expect.stringMatching(/^key vault illm-k8s-escrow, as /),
      },
      {
        custodian: 'escrow-security',
        shares: 2,
        readable: 2,
        where: expect.stringMatching(/^Secrets Manager in eu-west-1, /),
      },
      { custodian: 'keys/oncall.asc', shares: 1 },
    ]);

    expect(JSON.parse((await run('vault', 'rekey')).stdout)).toMatchObject({ exit: { code: 0 }, generation: 2 });
    expect(JSON.parse((await run('vault', 'status')).stdout)).toMatchObject({
      escrow: [{ readable: 2 }, { readable: 2 }, {}],
    });
    expect(JSON.parse((await run('apply')).stdout)).toMatchObject({ exit: { code: 0 }, writes: 0 });
  });
});

// The same through the port-forward of the sandbox's API server.
describe('the example vault-from-nothing in a cluster of the sandbox', () => {
  let cwd: string;
  const run = (...words: readonly string[]) =>
    lab([...words, '--sandbox', '-e', 'in-cluster'], { cwd, env: { HOME: cwd } });
  const json = async (...words: readonly string[]) => {
    const ended = await run(...words, '--json');
    return { code: ended.code, ...JSON.parse(ended.stdout) };
  };

  beforeAll(async () => {
    build();
    cwd = await mkdtemp(join(tmpdir(), 'lab-in-cluster-'));
    await copyExample('vault-from-nothing', cwd);
  }, 120_000);
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  test('the plan says which way lab takes, and that it is plain http', async () => {
    const { stdout } = await run('plan');
    expect(stdout.split('\n')[0]).toContain(
      'http://vault.vault:8200 through the API server, plain http in the cluster',
    );
    // Its pod is there a moment later, and empty then.
    expect(await json('vault', 'status')).toMatchObject({
      code: 4,
      servers: [{ state: expect.stringMatching(/unreachable|uninitialised/) }],
    });
  });

  test('one apply from nothing, then nothing to do, and each pod is told of', async () => {
    expect(await json('apply', '--wait', '1m')).toMatchObject({ code: 0, failed: [] });
    expect(await json('apply')).toMatchObject({ code: 0, writes: 0, done: [] });
    expect(await json('vault', 'status')).toMatchObject({
      code: 0,
      servers: [{ address: 'http://vault-0.vault.vault.svc:8200', state: 'active' }],
    });
  });

  test('after destroy, which leaves the way in, one apply makes the rest again, lab’s own accounts first', async () => {
    expect(await json('destroy', '--allow-data-loss')).toMatchObject({ code: 0, failed: [] });
    const { code, stdout } = await run('plan');
    expect(code).toBe(0);
    expect(stdout).not.toContain('LOST');
    expect(stdout).toContain('lab logs in to it as service account lab-system/lab-plan, which is not there yet');
    expect(await json('apply')).toMatchObject({ code: 0, failed: [], skipped: [] });
    expect(await json('apply')).toMatchObject({ code: 0, writes: 0, done: [] });
  });
});
