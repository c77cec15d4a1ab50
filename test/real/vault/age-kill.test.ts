import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needles } from '../../../src/secrets/needles.ts';
import { type AgeScene, alone, withAge } from './age-scene.ts';
import type { Nothing } from './nothing.ts';
import { opens, untilNotKilled } from './scene.ts';
import { nobody, type Passing } from './watched.ts';

const apply = ['apply', '--auto-approve', '--wait', '1m'];
const rekey = ['vault', 'rekey', '--auto-approve'];

const preload = new URL('dies-at-files.ts', import.meta.url).href;

/** Runs it until nothing kills it: at each file of the escrow, and at each call to Vault that has to do with shares or root. */
const killedEverywhere = async ({ here, way, withIdentity }: AgeScene, words: readonly string[]) => {
  const list = join(here.folder, '..', `died-at-${words.join('')}.txt`);
  const done = new Set<string>();
  const seen = new Map<string, number>();
  let child: ReturnType<Nothing['start']> | undefined;
  const isPoint = ({ call }: Passing): boolean =>
    /^(POST|PUT|DELETE) .*\/v1\/(sys\/(init|unseal|rekey)|auth\/token\/revoke-accessor)/.test(call);
  const killAt = (point: string): boolean => {
    if (done.has(point)) return false;
    done.add(point);
    child?.kill('SIGKILL');
    return true;
  };
  way.watcher = {
    before: ({ call, body }) => {
      if (!isPoint({ call, body })) return 'pass';
      seen.set(call, (seen.get(call) ?? 0) + 1);
      return killAt(`before ${call} ${seen.get(call)}`) ? 'cut before' : 'pass';
    },
    after: (passing) => {
      // Killed after init answered and before that was received, nobody would have the keys: a test of its own.
      if (isPoint(passing) && !passing.call.endsWith('sys/init'))
        killAt(`after ${passing.call} ${seen.get(passing.call)}`);
    },
  };
  const runs = await untilNotKilled(() => {
    seen.clear();
    child = here.start(words, { ...withIdentity, DIED_AT: list, NODE_OPTIONS: `--import=${preload}` });
    return child.ended;
  });
  way.watcher = nobody;
  const points = (await readFile(list, 'utf8')).trim().split('\n');
  expect(runs).toBe(points.length + done.size);
  return points;
};

describe('an age file for all shares, killed with SIGKILL', () => {
  test('at every file and call, apply, rekey and deletion finish: its shares open Vault, and no other ones', {
    timeout: 400_000,
  }, async () => {
    const scene = await withAge(alone);
    const { here, vault, withIdentity, sharesIn } = scene;
    const atInit = await killedEverywhere(scene, apply);
    for (const name of ['key', 'shares', 'copy', 'record', 'root']) {
      expect(atInit).toEqual(expect.arrayContaining([`before link keys.age.${name}`, `after link keys.age.${name}`]));
    }
    expect(atInit).toEqual(
      expect.arrayContaining([
        'before link keys.age.answer',
        'before link keys.age',
        'after link keys.age',
        'after rm keys.age.answer',
      ]),
    );
    const first = await sharesIn('keys.age');
    expect(new Set(first).size).toBe(5);
    expect(await opens(vault.address, first)).toBe(true);
    expect(await here.json(['apply', '--auto-approve'])).toMatchObject({ code: 0, writes: 0 });
    expect(await here.json(['vault', 'record'])).toMatchObject({ code: 0, record: { root: { is: 'revoked' } } });

    const atRekey = await killedEverywhere(scene, rekey);
    for (const name of ['keys.age.key-2', 'keys.age.shares-2', 'keys.age.copy-2', 'keys-2.age', 'keys.age.record-2']) {
      expect(atRekey).toEqual(expect.arrayContaining([`before link ${name}`, `after link ${name}`]));
    }
    expect(atRekey).toEqual(expect.arrayContaining(['after link keys.age.answer-2', 'after rm keys.age.answer-2']));
    // Killed at its very end it was done, and the next run was another one.
    const [second, third] = [await sharesIn('keys-2.age'), await sharesIn('keys-3.age')];
    expect(await opens(vault.address, third)).toBe(true);
    for (const old of [first, second]) expect(await opens(vault.address, old)).toBe(false);
    expect(await sharesIn('keys.age')).toEqual(first);

    const atDeletion = await killedEverywhere(scene, [...rekey, '--delete-old']);
    expect(atDeletion).toEqual(
      expect.arrayContaining(['after rm keys.age', 'after rm keys.age.copy', 'after rm keys.age.shares']),
    );
    const left = (await readdir(join(here.folder, 'escrow'))).filter(
      (name) => !/\.tmp$|\.(key|record)(-\d)?$/.test(name),
    );
    expect(left.toSorted()).toEqual(['keys-3.age', 'keys.age.copy-3', 'keys.age.root', 'keys.age.shares-3']);
    expect(await here.json(['vault', 'record'])).toMatchObject({ code: 0 });
    expect(await opens(vault.address, await sharesIn('keys-3.age'))).toBe(true);
    expect((await here.lab(['verify'], withIdentity)).code).toBe(0);

    const seen = await here.everything();
    for (const share of [...first, ...second, ...third]) {
      for (const needle of needles(share)) expect(seen.includes(needle) ? needle : '').toBe('');
    }
  });
});
