import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needles } from '../../../src/secrets/needles.ts';
import { provide } from '../../servers/binaries/provide.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';
import { startVault } from '../../servers/vault.ts';
import { chosenProgram } from '../../servers/vault-program.ts';
import { type Nothing, setUp } from './nothing.ts';
import { openedBy, storeShares } from './scene.ts';

const apply = ['apply', '--auto-approve', '--wait', '1m'];

const drills = async (): Promise<string[]> => (await readdir(tmpdir())).filter((name) => name.startsWith('lab-drill-'));

/** Processes whose command line names a folder of a drill. */
const runningOn = async (folder: string): Promise<string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return pids.filter((_, index) => commands[index]?.includes(`/${folder}/`) === true);
};

// Each test goes on where the one before it ended.
describe('a snapshot, and the drill that rebuilds Vault from it', () => {
  let folder: RunFolder;
  let here: Nothing;
  let program: string;
  let address: string;
  let root: string;
  const value = 'the-value-of-the-canary';
  const file = () => join(here.folder, 'vault.snap');
  const put = async (path: string, password: string): Promise<void> => {
    const answer = await fetch(`${address}/v1/secret/data/${path}`, {
      method: 'POST',
      headers: { 'x-vault-token': root },
      body: JSON.stringify({ data: { password } }),
    });
    expect(answer.status).toBe(200);
  };
  const drill = (...words: readonly string[]) => ['vault', 'drill', '--vault-program', program, ...words];

  beforeAll(async () => {
    folder = await createRunFolder();
    ({ address } = await startVault({ dir: join(folder.dir, 'vault'), mode: { kind: 'raft' } }));
    program = (await provide(chosenProgram().artifact)).path;
    here = await setUp(address);
    await here.edit((manifest) =>
      manifest
        .replace('rootToken: revoke', 'rootToken: keep')
        .replace(
          '    lab-apply: { computed: apply }\n',
          `    lab-apply: { computed: apply }
    lab-snapshot: { paths: { sys/storage/raft/snapshot: [read], secret/data/crossplane/*: [read] } }\n`,
        )
        .replace('policies: [lab-apply]', 'policies: [lab-apply, lab-snapshot]'),
    );
    const applied = await here.lab(apply);
    expect({ code: applied.code, errors: applied.code === 0 ? '' : applied.stdout + applied.stderr }).toEqual({
      code: 0,
      errors: '',
    });
    const { key = '', answer = '' } = await here.escrow('operations');
    root = await openedBy(key, JSON.parse(answer).rootToken);
    await put('crossplane/azure', value);
    await put('elsewhere', 'another');
  });
  afterAll(async () => {
    await here.strike();
    await folder.remove();
  });

  test('a snapshot is told of with its digest, is the user’s alone, and is never overwritten', async () => {
    const taken = await here.json(['vault', 'snapshot', file()]);
    expect(taken).toMatchObject({ code: 0, file: file(), address, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const { mode, size } = await stat(file());
    expect(mode & 0o777).toBe(0o600);
    expect(size).toBe(taken['bytes']);
    const again = await here.lab(['vault', 'snapshot', file()]);
    expect(again.code).toBe(5);
    expect(again.stderr).toMatch(/is there already, and a snapshot is never overwritten/);
    expect((await readdir(here.folder)).filter((name) => name.includes('.snap'))).toEqual(['vault.snap']);
  });

  test('the drill brings Vault back from it, and leaves nothing', async () => {
    const before = await drills();
    const done = await here.json(drill('--snapshot', file()));
    expect(done).toMatchObject({
      code: 4,
      steps: [
        { is: 'done', detail: expect.stringContaining('without a network') },
        { is: 'done', detail: expect.stringContaining('sha256') },
        { is: 'done', detail: 'sealed; of 5 shares it takes 3' },
        { is: 'done', detail: expect.stringContaining('those of init, from escrow-operations, escrow-security') },
        { is: 'done' },
        { is: 'not tried', detail: expect.stringContaining('--canary') },
        { is: 'done' },
      ],
    });
    expect(await drills()).toEqual(before);
  });

  test('a canary is read, and compared with the live Vault as far as lab may read that', async () => {
    const canaryOf = async (path: string) => {
      const { code, steps } = await here.json(drill('--snapshot', file(), '--canary', `secret/${path}`));
      return { code, canary: JSON.stringify(steps) };
    };
    expect(await canaryOf('crossplane/azure')).toEqual({
      code: 0,
      canary: expect.stringContaining('secret/crossplane/azure, version 1, 1 key; its value is that of the live Vault'),
    });
    expect((await canaryOf('elsewhere')).canary).toContain('not compared with the live Vault');
    await put('crossplane/azure', 'newer');
    expect((await canaryOf('crossplane/azure')).canary).toContain('the live Vault is at version 2');
  });

  test('a canary that is not there is told, and nothing is left', async () => {
    const before = await drills();
    const done = await here.lab(drill('--snapshot', file(), '--canary', 'secret/no/such'));
    expect(done.code).toBe(1);
    expect(done.stdout).toMatch(/✘ the canary is there +secret\/no\/such is not there[^]*do not bring Vault back/);
    expect(await drills()).toEqual(before);
  });

  test('half a snapshot is told, and nothing is left', async () => {
    const before = await drills();
    const half = join(here.folder, 'half.snap');
    const whole = await readFile(file());
    await writeFile(half, whole.subarray(0, whole.length / 2));
    const done = await here.lab(drill('--snapshot', half));
    expect(done.code).toBe(1);
    expect(done.stdout).toMatch(/✘ the snapshot is whole +\S*half.snap is no whole snapshot/);
    expect(await drills()).toEqual(before);
  });

  test('without a name the program of its product is looked for on PATH', async () => {
    const bin = join(here.folder, 'bin');
    await mkdir(bin);
    await symlink(program, join(bin, chosenProgram().artifact.name));
    const path = `${bin}:${process.env['PATH'] ?? ''}`;
    const done = await here.lab(['vault', 'drill', '--snapshot', file()], { PATH: path });
    expect(done.stdout).toMatch(/✔ the escrow's shares open it/);
  });

  test('without the program it says what to install', async () => {
    const done = await here.lab(['vault', 'drill', '--vault-program', 'no-such-vault']);
    expect(done.code).toBe(1);
    expect(done.stderr).toMatch(/there is no program no-such-vault[^]*install vault/);
  });

  test('where it cannot be kept from the network it is refused, and why', async () => {
    const before = await drills();
    const done = await here.lab(drill('--snapshot', file()), { PATH: here.folder });
    expect(done.code).toBe(5);
    expect(done.stderr).toMatch(/cannot be kept from the network[^]*rotate passwords[^]*--with-network/);
    expect(await drills()).toEqual(before);
  });

  test('after a rekey an old snapshot is told to need old shares; it opens as long as they are kept, and so does a new one', async () => {
    const rekey = ['vault', 'rekey', '--auto-approve'];
    expect(await here.json(rekey)).toMatchObject({ code: 0 });
    const older = await here.json(drill('--snapshot', file()));
    expect(older.code).toBe(4);
    expect(JSON.stringify(older['steps'])).toContain('those of init, from escrow-operations, escrow-security');
    const newer = await here.json(drill());
    expect(newer.code).toBe(4);
    expect(JSON.stringify(newer['steps'])).toContain('those of generation 2, from');

    // The old storage comes back: so do the shares that open it, and new ones end that.
    const restored = await fetch(`${address}/v1/sys/storage/raft/snapshot-force`, {
      method: 'POST',
      headers: { 'x-vault-token': root },
      body: await readFile(file()),
    });
    expect(restored.status).toBe(204);
    const unsealed = await here.lab(['vault', 'unseal']);
    expect({ code: unsealed.code, errors: unsealed.code === 0 ? '' : unsealed.stderr }).toEqual({
      code: 0,
      errors: '',
    });
    expect(await here.json(rekey)).toMatchObject({ code: 0, generation: 3 });

    expect(await here.json([...rekey, '--delete-old'])).toMatchObject({ code: 0, did: 'deleted old copies' });
    const old = await here.lab(drill('--snapshot', file()));
    expect(old.code).toBe(1);
    expect(old.stdout).toMatch(/✘ the escrow's shares open it[^]*opened by the shares that counted when it was taken/);
    expect(await here.json(drill())).toMatchObject({ code: 4 });
  });

  test('Ctrl-C ends the throw-away Vault and removes its folder', async () => {
    const before = await drills();
    const child = here.start(drill('--snapshot', file()));
    await new Promise<void>((done) => child.stderr?.once('data', () => done()));
    expect(await drills()).toHaveLength(before.length + 1);
    child.kill('SIGINT');
    expect((await child.ended).code).toBe(8);
    expect(await drills()).toEqual(before);
  });

  test('killed, it leaves a Vault and its folder, which the next drill ends and removes', async () => {
    const before = await drills();
    const child = here.start(drill('--snapshot', file()));
    await new Promise<void>((done) => child.stderr?.once('data', () => done()));
    child.kill('SIGKILL');
    await child.ended;
    const [left = ''] = (await drills()).filter((name) => !before.includes(name));
    expect(await runningOn(left)).toHaveLength(1);

    const next = await here.lab(drill('--snapshot', file()));
    expect(next.stderr).toContain(`removed what a drill that was killed has left: ${join(tmpdir(), left)}`);
    expect(await runningOn(left)).toEqual([]);
    expect(await drills()).not.toContain(left);
  });

  test('with consent to a network, and a Vault that does nothing outside, it brings it back as well', async () => {
    const before = await drills();
    const fresh = join(here.folder, 'fresh.snap');
    expect(await here.json(['vault', 'snapshot', fresh])).toMatchObject({ code: 0 });
    const done = await here.json(drill('--snapshot', fresh, '--with-network', '--canary', 'secret/crossplane/azure'));
    expect(done).toMatchObject({
      code: 0,
      steps: [
        { is: 'done', detail: expect.stringContaining('with the network of this machine') },
        ...Array.from({ length: 6 }, () => ({ is: 'done' })),
      ],
    });
    expect(await drills()).toEqual(before);
  });

  test('of a Vault that something outside unseals it is refused: why, and what to do by hand', async () => {
    const before = await readFile(join(here.folder, 'lab.yaml'), 'utf8');
    await here.edit((manifest) => manifest.replace('    custodians:', '    seal: auto\n    custodians:'));
    const refused = await here.lab(drill('--snapshot', file()));
    await writeFile(join(here.folder, 'lab.yaml'), before);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toMatch(/encrypted with that key alone[^]*Drill it by hand[^]*snapshot restore -force/);
  });

  test('no share, no root token and no value is anywhere that lab wrote or printed', async () => {
    const shares = [...(await storeShares(here, 'operations', '-3')), ...(await storeShares(here, 'security', '-3'))];
    expect(shares).toHaveLength(4);
    const seen = await here.everything();
    for (const one of [...shares, root, value]) {
      for (const needle of needles(one)) expect(seen.includes(needle) ? needle : '').toBe('');
    }
  });
});
