import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Live } from '../../../src/engine/resource.ts';
import { isLiveSecret } from '../../../src/engine/value.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { fromSource, type Sourced } from '../../../src/secrets/source.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { describeValue } from '../../support/value-contract.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../../support/world.ts';
import { type Fate, proxyToVault } from './proxy.ts';
import { config, connectFor, context, stranger, tokenFor, uniqueName } from './server.ts';

const path = 'crossplane/azure';
let mount: string;
beforeEach(async () => {
  mount = uniqueName('kv');
  await stranger('POST', `sys/mounts/${mount}`, { type: 'kv-v2' });
});

const fromEnv = (name: string, onExternalChange: Sourced['onExternalChange'] = 'keep') =>
  fromSource({ source: { from: 'env', name }, onMissingSource: 'keep', onExternalChange, at: 'lab.yaml:1:1' });
const secretOf = (data: Record<string, Sourced>) =>
  resource(`vault.kv-secret/${mount}/${encodeURIComponent(path)}`, { data });

/** An engine at the shared Vault, or at a proxy before it, with values that the test may change. */
const benchAt = async (env: Record<string, string>, address?: string, token?: string): Promise<Bench> => {
  const connection = await vault.connect(config(address), context(token === undefined ? {} : { APPLY_TOKEN: token }));
  onTestFinished(() => connection.close());
  const desk = deskFrom(env, async (value) => secret(value));
  return { kinds: vault.kinds, connections: [connection], store: memoryStore(), desk, name: 'kv' };
};
const theChange = async (bench: Bench, data: Record<string, Sourced>) =>
  (await plan(bench, [secretOf(data)])).changes[0];

const inVault = async () => {
  const { body, status } = await stranger('GET', `${mount}/data/${path}`);
  return { status, data: body.data?.data, version: body.data?.metadata.version };
};
const marksInVault = async (): Promise<Record<string, string>> =>
  (await stranger('GET', `${mount}/metadata/${path}`)).body.data.custom_metadata ?? {};

const keyOf = (live: Live, key: string) => {
  const data = live.exists === 'yes' ? live.spec['data'] : undefined;
  const found = typeof data === 'object' && data !== null ? Reflect.get(data, key) : undefined;
  return isLiveSecret(found) ? found : undefined;
};

describeValue('a secret in KV v2', () => ({
  kind: 'vault.kv-secret',
  connect: () => vault.connect(config(), context({}, true)),
  idOf: (name) => [mount, name],
  put: async (name, data) => {
    await stranger('POST', `${mount}/data/${name}`, { data });
  },
}));

describe('a secret in KV v2', () => {
  test('is made as version 1 with marks that hold no value', async () => {
    const bench = await benchAt({ A: 'value-of-a' });
    const result = await applyAll(bench, [secretOf({ key: fromEnv('A') })]);
    expect(result.diagnostics).toEqual([]);
    expect(await inVault()).toEqual({ status: 200, data: { key: 'value-of-a' }, version: 1 });
    const marks = await marksInVault();
    expect(marks).toMatchObject({ 'lab-version': '1', 'lab-owner': expect.stringMatching(/^kv\/unit\//) });
    expect(JSON.stringify(marks)).not.toContain('value-of-a');
  });

  test('gets one new version for one changed key, and none when nothing changed', async () => {
    const env = { A: 'value-of-a', B: 'value-of-b' };
    const bench = await benchAt(env);
    const both = [secretOf({ a: fromEnv('A'), b: fromEnv('B') })];
    await applyAll(bench, both);
    env.B = 'another-b';
    await applyAll(bench, both);
    expect(await inVault()).toMatchObject({ data: { a: 'value-of-a', b: 'another-b' }, version: 2 });
    const writes = bench.connections[0]?.writes();
    await applyAll(bench, both);
    expect(await inVault()).toMatchObject({ version: 2 });
    expect(bench.connections[0]?.writes()).toBe(writes);
  });

  test("keeps other people's keys and entries, whatever lab does", async () => {
    await stranger('POST', `${mount}/data/${path}`, { data: { theirs: { deep: [1, 'x'] } } });
    await stranger('PATCH', `${mount}/metadata/${path}`, { custom_metadata: { team: 'platform' } });
    const env = { A: 'value-of-a', B: 'value-of-b' };
    const bench = await benchAt(env);
    const result = await applyAll(bench, [secretOf({ a: fromEnv('A'), b: fromEnv('B') })], { adopt: true });
    expect(result.diagnostics).toEqual([]);
    expect(await inVault()).toMatchObject({ data: { theirs: { deep: [1, 'x'] }, a: 'value-of-a', b: 'value-of-b' } });
    await applyAll(bench, [secretOf({ a: fromEnv('A') })]);
    expect((await inVault()).data).toEqual({ theirs: { deep: [1, 'x'] }, a: 'value-of-a' });
    const removed = await applyAll(bench, []);
    expect(removed.diagnostics).toEqual([]);
    expect((await inVault()).data).toEqual({ theirs: { deep: [1, 'x'] } });
    expect(await marksInVault()).toEqual({ team: 'platform' });
  });

  test('that holds nothing of other people is deleted softly, and made again over the deleted version', async () => {
    const bench = await benchAt({ A: 'value-of-a' });
    const wanted = [secretOf({ a: fromEnv('A') })];
    await applyAll(bench, wanted);
    await applyAll(bench, []);
    expect((await inVault()).status).toBe(404);
    const change = await theChange(bench, { a: fromEnv('A') });
    expect(change).toMatchObject({
      actions: ['create'],
      notes: expect.arrayContaining(['deleted version 1 can be restored']),
    });
    expect((await applyAll(bench, wanted)).diagnostics).toEqual([]);
    expect(await inVault()).toMatchObject({ data: { a: 'value-of-a' }, version: 2 });
  });

  test('whose last version was destroyed, or that has metadata only, is absent and can be made', async () => {
    await stranger('POST', `${mount}/data/${path}`, { data: { old: 'x' } });
    await stranger('POST', `${mount}/destroy/${path}`, { versions: [1] });
    const bench = await benchAt({ A: 'value-of-a' });
    expect((await theChange(bench, { a: fromEnv('A') }))?.notes).not.toContain('deleted version 1 can be restored');
    expect((await applyAll(bench, [secretOf({ a: fromEnv('A') })])).diagnostics).toEqual([]);
    expect(await inVault()).toMatchObject({ data: { a: 'value-of-a' }, version: 2 });

    mount = `${mount}-2`;
    await stranger('POST', `sys/mounts/${mount}`, { type: 'kv-v2' });
    await stranger('POST', `${mount}/metadata/${path}`, { custom_metadata: { team: 'platform' } });
    expect((await applyAll(bench, [secretOf({ a: fromEnv('A') })])).diagnostics).toEqual([]);
    expect(await inVault()).toMatchObject({ data: { a: 'value-of-a' }, version: 1 });
    expect(await marksInVault()).toMatchObject({ team: 'platform', 'lab-version': '1' });
  });

  test('that will be deleted later is there until then', async () => {
    await stranger('POST', `${mount}/config`, { delete_version_after: '1h' });
    const bench = await benchAt({ A: 'value-of-a' });
    const wanted = { a: fromEnv('A') };
    expect((await applyAll(bench, [secretOf(wanted)])).diagnostics).toEqual([]);
    const { body } = await stranger('GET', `${mount}/metadata/${path}`);
    expect(body.data.versions[1].deletion_time).not.toBe('');
    expect((await theChange(bench, wanted))?.actions).toEqual(['none']);
  });

  test('with many keys spreads its marks over several entries and reads them back', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `KEY_${index}_Ä`);
    const bench = await benchAt(Object.fromEntries(names.map((name) => [name, `value of ${name}`])));
    const data = Object.fromEntries(names.map((name) => [name, fromEnv(name)]));
    expect((await applyAll(bench, [secretOf(data)])).diagnostics).toEqual([]);
    expect(Object.keys(await marksInVault())).toContain('lab-fingerprints-3');
    expect((await theChange(bench, data))?.actions).toEqual(['none']);
  });
});

describe('a change by somebody else', () => {
  test('is drift, and is kept', async () => {
    const bench = await benchAt({ A: 'value-of-a' });
    await applyAll(bench, [secretOf({ a: fromEnv('A') })]);
    await stranger('POST', `${mount}/data/${path}`, { data: { a: 'theirs' } });
    expect(await theChange(bench, { a: fromEnv('A') })).toMatchObject({
      actions: ['none'],
      fields: [{ path: 'data.a', cause: 'drift', kept: true }],
    });
    await applyAll(bench, [secretOf({ a: fromEnv('A') })]);
    expect((await inVault()).data).toEqual({ a: 'theirs' });
  });

  test('stays known as such when lab writes another key', async () => {
    const env = { A: 'value-of-a', B: 'value-of-b' };
    const bench = await benchAt(env);
    await applyAll(bench, [secretOf({ a: fromEnv('A') })]);
    await stranger('POST', `${mount}/data/${path}`, { data: { a: 'theirs' } });
    const both = { a: fromEnv('A'), b: fromEnv('B') };
    expect((await applyAll(bench, [secretOf(both)])).diagnostics).toEqual([]);
    expect((await inVault()).data).toEqual({ a: 'theirs', b: 'value-of-b' });
    expect((await theChange(bench, both))?.fields).toMatchObject([{ path: 'data.a', cause: 'drift', kept: true }]);
  });

  test('is overwritten where the manifest says so', async () => {
    const bench = await benchAt({ A: 'value-of-a' });
    const wanted = { a: fromEnv('A', 'overwrite') };
    await applyAll(bench, [secretOf(wanted)]);
    await stranger('POST', `${mount}/data/${path}`, { data: { a: 'theirs', other: 'x' } });
    expect((await applyAll(bench, [secretOf(wanted)])).diagnostics).toEqual([]);
    expect((await inVault()).data).toEqual({ a: 'value-of-a', other: 'x' });
    expect((await theChange(bench, wanted))?.actions).toEqual(['none']);
  });

  test('between read and write is noticed, leaves no marks of ours on it and is looked at anew', async () => {
    let strangers = 0;
    const address = await proxyToVault(async (call): Promise<Fate> => {
      if (call.startsWith('PATCH') && call.includes('/data/') && strangers++ === 0) {
        await stranger('PATCH', `${mount}/data/${path}`, { data: { a: 'theirs' } });
      }
      return 'pass';
    });
    const env = { A: 'value-of-a' };
    const bench = await benchAt(env, address);
    await applyAll(bench, [secretOf({ a: fromEnv('A') })]);
    env.A = 'another-a';
    await applyAll(bench, [secretOf({ a: fromEnv('A') })]);
    expect(strangers).toBe(1);
    expect(await inVault()).toMatchObject({ data: { a: 'theirs' }, version: 2 });
    expect(await marksInVault()).toMatchObject({ 'lab-version': '1' });
    expect((await theChange(bench, { a: fromEnv('A') }))?.fields).toMatchObject([{ cause: 'drift', kept: true }]);
  });
});

describe('a run that breaks off', () => {
  const steps: [string, (call: string) => boolean, Fate][] = [
    ['before the announcement', (call) => /(POST|PATCH).*\/metadata\//.test(call), 'cut before'],
    ['between announcement and values', (call) => /(POST|PATCH).*\/data\//.test(call), 'cut before'],
    ['between values and their answer', (call) => /(POST|PATCH).*\/data\//.test(call), 'cut after'],
  ];

  test.each(steps)('%s is finished by the next one, for a new secret and for a changed one', async (_, hit, fate) => {
    let armed = true;
    const address = await proxyToVault((call) => (armed && hit(call) ? fate : 'pass'));
    const env = { A: 'value-of-a' };
    const bench = await benchAt(env, address);
    const wanted = [secretOf({ a: fromEnv('A') })];
    for (const value of ['value-of-a', 'another-a']) {
      env.A = value;
      armed = true;
      const broken = await applyAll(bench, wanted);
      expect(broken.failed).toEqual([wanted[0]?.address]);
      armed = false;
      expect((await applyAll(bench, wanted)).diagnostics).toEqual([]);
      expect((await inVault()).data).toEqual({ a: value });
      expect(await theChange(bench, { a: fromEnv('A') })).toMatchObject({ actions: ['none'], fields: [] });
    }
  });

  test('before the confirmation is finished by the next one, also when state was lost', async () => {
    let armed = true;
    const address = await proxyToVault((call) => {
      const confirming = armed && written && /PATCH.*\/metadata\//.test(call);
      written ||= /POST.*\/data\//.test(call);
      return confirming ? 'cut before' : 'pass';
    });
    let written = false;
    const bench = await benchAt({ A: 'value-of-a' }, address);
    const wanted = [secretOf({ a: fromEnv('A') })];
    await applyAll(bench, wanted);
    expect(await marksInVault()).toMatchObject({ 'lab-version': '1 announced' });
    armed = false;
    const forgetful: Bench = { ...bench, store: memoryStore() };
    expect((await applyAll(forgetful, wanted)).diagnostics).toEqual([]);
    expect((await inVault()).data).toEqual({ a: 'value-of-a' });
    expect(await marksInVault()).not.toMatchObject({ 'lab-version': expect.stringContaining('announced') });
  });
});

describe('a token that may do little', () => {
  test('needs no right to values: metadata, subkeys and patch are enough', async () => {
    const token = await tokenFor(`
      path "${mount}/metadata/*" { capabilities = ["read", "create", "update", "patch"] }
      path "${mount}/subkeys/*" { capabilities = ["read"] }
      path "${mount}/data/*" { capabilities = ["create", "update", "patch"] }
    `);
    const env = { A: 'value-of-a' };
    const bench = await benchAt(env, undefined, token);
    const wanted = [secretOf({ a: fromEnv('A') })];
    expect((await applyAll(bench, wanted)).diagnostics).toEqual([]);
    env.A = 'another-a';
    expect((await applyAll(bench, wanted)).diagnostics).toEqual([]);
    expect(await inVault()).toMatchObject({ data: { a: 'another-a' }, version: 2 });
  });

  test('sees the keys that lab wrote where it may not see all keys', async () => {
    const bench = await benchAt({ A: 'value-of-a' });
    await applyAll(bench, [secretOf({ a: fromEnv('A') })]);
    const token = await tokenFor(`path "${mount}/metadata/*" { capabilities = ["read"] }`);
    const connection = await connectFor(context({ APPLY_TOKEN: token }));
    const live = await connection.kind('vault.kv-secret').read([mount, path], {});
    expect(keyOf(live, 'a')).toMatchObject({ moved: false });
  });

  test('is told which capability it lacks, and nothing is left behind', async () => {
    const token = await tokenFor(`
      path "${mount}/metadata/*" { capabilities = ["read", "create", "update", "patch"] }
      path "${mount}/subkeys/*" { capabilities = ["read"] }
    `);
    const bench = await benchAt({ A: 'value-of-a' }, undefined, token);
    const result = await applyAll(bench, [secretOf({ a: fromEnv('A') })]);
    expect(result.diagnostics).toMatchObject([
      { code: 'DENIED', next: expect.stringContaining(`create and update on "${mount}/data/${path}"`) },
    ]);
    expect(await marksInVault()).toEqual({});
  });
});
