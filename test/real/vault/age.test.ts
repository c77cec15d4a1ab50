import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { armor, generateX25519Identity } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { needles } from '../../../src/secrets/needles.ts';
import { provide } from '../../servers/binaries/provide.ts';
import { chosenProgram } from '../../servers/vault-program.ts';
import { alone, withAge } from './age-scene.ts';
import type { Ran } from './nothing.ts';
import { opens, storeShares } from './scene.ts';
import { nobody } from './watched.ts';

const apply = ['apply', '--auto-approve', '--wait', '1m'];
const rekey = ['vault', 'rekey', '--auto-approve'];

const ended = ({ code, stdout, stderr }: Ran) => ({ code, errors: code === 0 ? '' : stdout + stderr });

describe('custodians who have an identity of age', () => {
  test('one for all: initialised and unsealed without it, sealed and unsealed with it, new shares, old ones deleted', {
    timeout: 120_000,
  }, async () => {
    const { here, vault, restart, recipient, kept, sharesIn, withIdentity } = await withAge(alone, { kind: 'raft' });
    const planned = await here.lab(['plan']);
    expect(planned.stderr).toContain(`who has the identity of ${recipient} (escrow/keys.age) can unseal Vault alone`);
    expect(ended(await here.lab(apply))).toEqual({ code: 0, errors: '' });
    const file = await kept('keys.age');
    expect(file).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    expect(Buffer.from(armor.decode(file)).toString('latin1')).toMatch(/^age-encryption\.org\/v1\n-> X25519 /);
    const first = await sharesIn('keys.age');
    expect(first).toHaveLength(5);
    expect(await opens(vault.address, first)).toBe(true);
    expect(await here.json(['apply', '--auto-approve'])).toMatchObject({ code: 0, writes: 0 });

    const snapshot = join(here.folder, 'vault.snap');
    // The watched way is for text.
    const direct = { LAB_VAR_vaultAddress: vault.address };
    expect(ended(await here.lab(['vault', 'snapshot', snapshot], direct))).toEqual({ code: 0, errors: '' });
    const drill = [
      'vault',
      'drill',
      '--snapshot',
      snapshot,
      '--vault-program',
      (await provide(chosenProgram().artifact)).path,
    ];
    const drilled = await here.lab(drill, withIdentity);
    expect(drilled.stdout).toMatch(/✔ the escrow's shares open it +those of init, from escrow\/keys\.age/);
    const undrilled = await here.lab(drill);
    expect(undrilled.code).toBe(1);
    expect(undrilled.stderr).toContain('whose identity is not at hand');

    await restart();
    const without = await here.lab(['vault', 'unseal']);
    expect(without.stderr).toMatch(new RegExp(`encrypted for ${recipient}[^]*`));
    expect((await here.json(['vault', 'status']))['servers']).toMatchObject([{ state: 'sealed', given: 0 }]);
    expect(ended(await here.lab(['vault', 'unseal'], withIdentity))).toEqual({ code: 0, errors: '' });

    const refused = await here.lab(rekey);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/identity is not at hand[^]*3 more from people/);
    expect(ended(await here.lab(rekey, withIdentity))).toEqual({ code: 0, errors: '' });
    const second = await sharesIn('keys-2.age');
    expect(await opens(vault.address, second)).toBe(true);
    expect(await opens(vault.address, first)).toBe(false);
    expect(await sharesIn('keys.age')).toEqual(first);
    expect(ended(await here.lab([...rekey, '--delete-old'], withIdentity))).toEqual({ code: 0, errors: '' });
    expect(await readdir(join(here.folder, 'escrow'))).not.toContain('keys.age');
    expect(await here.json(['apply', '--auto-approve'])).toMatchObject({ code: 0, writes: 0 });

    const seen = await here.everything();
    for (const share of [...first, ...second]) {
      for (const needle of needles(share)) expect(seen.includes(needle) ? needle : '').toBe('');
    }
  });

  test('cut off, its file is known again without the identity, and another one is never taken for it', {
    timeout: 120_000,
  }, async () => {
    const { here, vault, way, recipient, kept, sharesIn, withIdentity } = await withAge(alone);
    const file = join(here.folder, 'escrow/keys.age');
    const child = here.start(apply);
    way.watcher = {
      ...nobody,
      before: ({ call }) => {
        if (!call.endsWith('/v1/sys/unseal')) return 'pass';
        child.kill('SIGKILL');
        return 'cut before';
      },
    };
    expect((await child.ended).code).toBe(null);
    way.watcher = nobody;
    const written = await kept('keys.age');
    const resume = async (more?: Readonly<Record<string, string>>) => {
      const { code, stdout, stderr } = await here.lab(apply, more);
      return { code, text: stdout + stderr };
    };
    const tooFew = { code: 1, text: expect.stringContaining('gave 0 of 3 shares') };
    expect(await resume()).toEqual(tooFew);

    // Gone, it is the same again.
    await rm(file);
    expect(await resume()).toEqual(tooFew);
    expect(await kept('keys.age')).toBe(written);

    // Another one is refused, with the identity as without, and stays.
    await writeFile(file, 'of another Vault');
    for (const more of [{}, withIdentity]) {
      expect(await resume(more)).toEqual({
        code: 5,
        text: expect.stringMatching(/keys\.age is there already[^]*Move it away/),
      });
    }
    expect(await kept('keys.age')).toBe('of another Vault');

    // Nor is one that lab has not kept that it wrote; without both it takes the identity.
    await writeFile(file, written);
    await rm(`${file}.copy`);
    expect(await resume()).toEqual({ code: 5, text: expect.stringContaining('is of another escrow') });
    await rm(file);
    expect(await resume()).toEqual({
      code: 1,
      text: expect.stringMatching(new RegExp(`encrypted for ${recipient}[^]*LAB_AGE_IDENTITY=FILE`)),
    });
    expect(ended(await here.lab(apply, withIdentity))).toEqual({ code: 0, errors: '' });
    expect(await opens(vault.address, await sharesIn('keys.age'))).toBe(true);
  });

  test('beside stores: its share counts where the identity is at hand, and is a person’s where it is not', async () => {
    const { here, vault, sharesIn, withIdentity } = await withAge(
      (recipient) =>
        `{ ageFile: escrow/oncall.age, recipient: ${recipient}, shares: 1 }, { store: escrow-operations, shares: 2 }, { store: escrow-security, shares: 2 }`,
    );
    expect(ended(await here.lab(apply))).toEqual({ code: 0, errors: '' });
    const mixed = [...(await sharesIn('oncall.age')), ...(await storeShares(here, 'operations'))];
    expect(mixed).toHaveLength(3);
    expect(await opens(vault.address, mixed)).toBe(true);
    const escrowOf = async (more?: Readonly<Record<string, string>>) =>
      JSON.parse((await here.lab(['vault', 'status', '--json'], more)).stdout).escrow;
    expect((await escrowOf()).map(({ readable }: { readable?: number }) => readable)).toEqual([2, 2, undefined]);
    expect((await escrowOf(withIdentity)).map(({ readable }: { readable?: number }) => readable)).toEqual([2, 2, 1]);
    const verified = await here.lab(['verify', '--json'], withIdentity);
    expect(verified.stdout).toContain('escrow/oncall.age gives its shares');
    expect(verified.code).toBe(0);
    const wrong = join(here.folder, '../other.txt');
    await writeFile(wrong, `${await generateX25519Identity()}\n`);
    expect((await escrowOf({ LAB_AGE_IDENTITY: wrong })).at(-1)).not.toHaveProperty('readable');
  });

  test('a file of that name that is there before is never overwritten, and Vault stays empty', async () => {
    const { here, vault } = await withAge(alone);
    await mkdir(join(here.folder, 'escrow'));
    await writeFile(join(here.folder, 'escrow/keys.age'), 'of another Vault');
    const refused = await here.lab(apply);
    expect(refused.code).toBe(5);
    expect(refused.stdout + refused.stderr).toMatch(/keys\.age is there already and is of another escrow/);
    expect(await (await fetch(`${vault.address}/v1/sys/init`)).json()).toEqual({ initialized: false });
    expect(await readFile(join(here.folder, 'escrow/keys.age'), 'utf8')).toBe('of another Vault');
  });
});
