import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type Nothing, type Ran, setUp } from './nothing.ts';
import { opens, type Scene, stage, storeShares } from './scene.ts';
import { nobody, type Passing } from './watched.ts';

const apply = ['apply', '--auto-approve', '--wait', '1m'];
const rekey = ['vault', 'rekey', '--auto-approve'];

const ended = ({ code, stdout, stderr }: Ran) => ({ code, errors: code === 0 ? '' : stdout + stderr });

const recorded = z.object({
  record: z.object({ generations: z.array(z.object({ number: z.number(), is: z.string() })) }),
});

/** The shares in the stores that count by the escrow's own record: enough to open Vault. */
const sharesThatCount = async (here: Nothing): Promise<string[]> => {
  const { record } = recorded.parse(await here.json(['vault', 'record']));
  const number = record.generations.find(({ is }) => is === 'counts')?.number ?? 0;
  const generation = number === 1 ? '' : `-${number}`;
  return [...(await storeShares(here, 'operations', generation)), ...(await storeShares(here, 'security', generation))];
};

/** Whoever did not get through says why in a sentence of its own, and what to do. */
const expectSentence = ({ code, stdout, stderr }: Ran): void => {
  if (code === 0) return;
  expect(code === 1 || code === 5 ? '' : `${code}: ${stdout}${stderr}`).toBe('');
  const said = stderr.slice(stderr.indexOf('Error: '));
  expect(said).toContain('Error: somebody else');
  expect(said).toContain('Next: ');
};

const other = async ({ here, way }: Scene): Promise<Nothing> => {
  const there = await setUp(way.vaultAddress, { kubeconfig: way.kubeconfig, name: here.name });
  onTestFinished(() => there.strike());
  await copyFile(join(here.folder, 'keys/oncall.asc'), join(there.folder, 'keys/oncall.asc'));
  return there;
};

/** The first run stands still at a call, until the second has ended. */
const whileHeld = async (
  { way }: Scene,
  { when, call, entry = '', nth = 1 }: { when: 'before' | 'after'; call: RegExp; entry?: string; nth?: number },
  [first, second]: readonly [() => Promise<Ran>, () => Promise<Ran>],
): Promise<readonly [Ran, Ran]> => {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let left = nth;
  const hold = async (passing: Passing): Promise<void> => {
    if (!call.test(passing.call) || !passing.body.includes(entry)) return;
    left -= 1;
    if (left !== 0) return;
    reached.resolve();
    await released.promise;
  };
  way.watcher = {
    before: async (passing) => {
      if (when === 'before') await hold(passing);
      return 'pass' as const;
    },
    after: async (passing) => {
      if (when === 'after') await hold(passing);
    },
  };
  const held = first();
  await reached.promise;
  const meanwhile = await second();
  released.resolve();
  const done = [await held, meanwhile] as const;
  way.watcher = nobody;
  return done;
};

const update = /^POST \/v1\/sys\/rekey\/update$/;
const verify = /^POST \/v1\/sys\/rekey\/verify$/;
const write = /^POST .*\/secrets$/;

const moments = [
  ['keys are made', { when: 'after', call: write, entry: '-key-2' }],
  ['Vault is asked', { when: 'before', call: /^POST \/v1\/sys\/rekey\/init$/ }],
  ['Vault has begun', { when: 'after', call: /^POST \/v1\/sys\/rekey\/init$/ }],
  ['a share was given', { when: 'after', call: update }],
  ['Vault answered, and nobody knows', { when: 'after', call: update, nth: 3 }],
  ['the answer is about to be kept', { when: 'before', call: write, entry: '-answer-2' }],
  ['the shares are about to be handed out', { when: 'before', call: write, entry: '-shares-2' }],
  ['they are handed out', { when: 'before', call: verify }],
  ['all but one are proven', { when: 'before', call: verify, nth: 3 }],
  ['they count, and nobody knows', { when: 'after', call: verify, nth: 3 }],
  ['they count, and are about to be recorded', { when: 'before', call: write, entry: '-record-2' }],
] as const;

describe('two lab vault rekey at once', () => {
  test.each(moments)(
    'the second comes when %s: what the escrow says opens Vault, whoever wins',
    {
      timeout: 120_000,
    },
    async (_, moment) => {
      const scene = await stage();
      const { here, vault } = scene;
      const there = await other(scene);
      expect(ended(await here.lab(apply))).toEqual({ code: 0, errors: '' });
      const both = await whileHeld(scene, moment, [() => here.lab(rekey), () => there.lab(rekey)]);
      for (const ran of both) expectSentence(ran);
      const now = await sharesThatCount(here);
      expect(now).toHaveLength(4);
      const opened = await opens(vault.address, now);

      // One that was overtaken leaves what the next run finishes, from either place.
      expect(ended(await there.lab(rekey))).toEqual({ code: 0, errors: '' });
      expect(ended(await here.lab(rekey))).toEqual({ code: 0, errors: '' });
      expect(await opens(vault.address, await sharesThatCount(here))).toBe(true);
      expect(opened).toBe(true);
      expect(await here.json(['vault', 'record'])).toMatchObject({ code: 0 });
    },
  );

  test('started together, in one folder and in two', { timeout: 200_000 }, async () => {
    const scene = await stage();
    const { here, vault } = scene;
    const there = await other(scene);
    expect(ended(await here.lab(apply))).toEqual({ code: 0, errors: '' });
    for (const second of [here, there, here, there]) {
      for (const ran of await Promise.all([here.lab(rekey), second.lab(rekey)])) expectSentence(ran);
      expect(ended(await here.lab(rekey))).toEqual({ code: 0, errors: '' });
      expect(await opens(vault.address, await sharesThatCount(here))).toBe(true);
    }
  });
});
