import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { verify } from '../../../src/engine/verify.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { describeKind } from '../../support/kind-contract.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, planOptions, resource, worldOf } from '../../support/world.ts';
import { config, context, stranger, uniqueName } from './server.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-wrapped-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A role whose SecretIDs live for a day, and one of them in a file. */
const wrappedCase = () => {
  const mount = uniqueName('approle');
  const path = `${mount}/token`;
  const address = `vault.approle-secret-id/${mount}/ci/file/${encodeURIComponent(path)}`;
  const around = [
    resource(`vault.auth-method/${mount}`, { type: 'approle' }),
    resource(`vault.approle-role/${mount}/CI`, { policies: ['default'], secretIdTtl: '24h' }),
  ];
  return { mount, path, address, around, file: join(folder, path) };
};
const connect = (readOnly = false) => vault.connect({ ...config(), folder }, context({}, readOnly));

describeKind('vault.approle-secret-id in a file', async () => {
  const { address, around, file } = wrappedCase();
  const theirs = `${file}-of-somebody`;
  return {
    connect: async () => [await connect()],
    kinds: vault.kinds,
    example: [...around, resource(address, { ttl: '20h', renewBefore: '6h' })],
    changed: resource(address, { ttl: '10h', renewBefore: '6h' }),
    changes: ['ttl'],
    stranger: {
      add: () => writeFile(theirs, ''),
      isThere: async () => (await stat(theirs)).isFile(),
    },
  };
});

const usual = { ttl: '20h', renewBefore: '6h' };

/** A bench with one SecretID delivered, and what a stranger sees of it. */
const delivered = async () => {
  const { address, around, mount, file } = wrappedCase();
  const connection = await connect();
  onTestFinished(() => connection.close());
  const desk = deskFrom({}, async (value) => secret(value));
  const bench: Bench = { kinds: vault.kinds, connections: [connection], store: memoryStore(), desk };
  const at = (given: { ttl: string; renewBefore: string }) => [...around, resource(address, given)];
  expect((await applyAll(bench, at(usual))).diagnostics).toEqual([]);
  const { body } = await stranger('GET', `auth/${mount}/role/ci/role-id`);
  return {
    bench,
    at,
    file,
    token: () => readFile(file, 'utf8'),
    unwrap: async (token: string): Promise<string | undefined> =>
      (await stranger('POST', 'sys/wrapping/unwrap', {}, token)).body.data?.secret_id,
    accessors: async (): Promise<readonly string[]> =>
      (await stranger('GET', `auth/${mount}/role/ci/secret-id?list=true`)).body.data?.keys ?? [],
    logIn: async (value = '') => {
      const proof = { role_id: body.data.role_id, secret_id: value };
      return (await stranger('POST', `auth/${mount}/login`, proof, '')).status;
    },
    fields: async (given: { ttl: string; renewBefore: string } = usual) =>
      (await plan(bench, at(given))).changes.find((change) => change.address === address)?.fields,
    apply: async (given: { ttl: string; renewBefore: string } = usual) =>
      (await applyAll(bench, at(given), { adopt: true })).diagnostics,
    probes: async () =>
      (await verify(await worldOf(bench, at(usual)), planOptions, () => {})).verified.find(
        (one) => one.address === address,
      )?.probes,
  };
};

test('the file holds a wrapping token and nothing else, for its user alone; who unwraps it logs in', async () => {
  const { file, token, unwrap, logIn, bench, at, accessors } = await delivered();
  const there = await token();
  expect(there).toMatch(/^(hv)?[sb]\.[\w-]+$/);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(`${file}.lab.json`)).mode & 0o777).toBe(0o600);
  const said = [
    await readFile(`${file}.lab.json`, 'utf8'),
    JSON.stringify([await plan(bench, at(usual)), await bench.store.load()]),
  ].join('\n');
  expect(said).not.toContain(there);
  const secretId = (await unwrap(there)) ?? '';
  expect(said).not.toContain(secretId);
  expect(await logIn(secretId)).toBe(200);
  expect(await accessors()).toHaveLength(1);
});

test('once it is unwrapped there is nothing to do, and verify tells that it was', async () => {
  const { token, unwrap, fields, probes } = await delivered();
  expect(await probes()).toEqual([{ is: 'proven', check: 'wrapping token: good, and not used yet' }]);
  await unwrap(await token());
  expect(await fields()).toEqual([]);
  expect(await probes()).toMatchObject([{ is: 'untried', because: expect.stringContaining('has been used') }]);
});

test('inside renewBefore another one takes its place, and the old one is over, unwrapped or not', async () => {
  const { token, unwrap, fields, apply, accessors, logIn } = await delivered();
  const first = (await unwrap(await token())) ?? '';
  const sooner = { ttl: '20h', renewBefore: '19h59m59s' };
  await expect
    .poll(() => fields(sooner), { timeout: 10_000 })
    .toMatchObject([{ path: 'renewal', before: { known: expect.stringMatching(/^expires 20/) }, cause: 'pending' }]);
  const before = await token();
  expect(await apply({ ttl: '24h', renewBefore: '1h' })).toEqual([]);
  expect(await token()).not.toBe(before);
  expect(await accessors()).toHaveLength(1);
  expect([await logIn(first), await logIn(await unwrap(await token()))]).toEqual([400, 200]);
});

test.each([
  ['missing', (file: string) => rm(file)],
  ['changed by somebody else', (file: string) => writeFile(file, 'hvs.theirs')],
] as const)('a file that is %s is named, and a new token lies there afterwards', async (said, tamper) => {
  const { file, fields, apply, accessors, token, unwrap, logIn } = await delivered();
  const before = await accessors();
  await tamper(file);
  expect(await fields()).toMatchObject([{ path: 'delivery', before: { known: said }, cause: 'drift' }]);
  expect(await apply()).toEqual([]);
  expect(await logIn(await unwrap(await token()))).toBe(200);
  expect(await accessors()).toHaveLength(1);
  expect(await accessors()).not.toEqual(before);
});

test('a file that lab did not write stays as it is, and no SecretID is issued', async () => {
  const { around, address, file, mount } = wrappedCase();
  await mkdir(join(file, '..'));
  await writeFile(file, 'of somebody');
  const connection = await connect();
  onTestFinished(() => connection.close());
  const desk = deskFrom({}, async (value) => secret(value));
  const bench: Bench = { kinds: vault.kinds, connections: [connection], store: memoryStore(), desk };
  const { diagnostics } = await applyAll(bench, [...around, resource(address, usual)]);
  expect(diagnostics).toMatchObject([{ code: 'CONFLICT', address }]);
  expect(await readFile(file, 'utf8')).toBe('of somebody');
  expect((await stranger('GET', `auth/${mount}/role/ci/secret-id?list=true`)).body.data).toBeUndefined();
});

test('without a ttl none is issued', async () => {
  const { around, address } = wrappedCase();
  const connection = await connect();
  onTestFinished(() => connection.close());
  const desk = deskFrom({}, async (value) => secret(value));
  const bench: Bench = { kinds: vault.kinds, connections: [connection], store: memoryStore(), desk };
  const { diagnostics } = await applyAll(bench, [...around, resource(address, {})]);
  expect(diagnostics).toMatchObject([{ code: 'BAD_MANIFEST', message: expect.stringContaining('needs a ttl') }]);
});
