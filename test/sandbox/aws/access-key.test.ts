import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Fields } from '../../../src/engine/value.ts';
import { aws } from '../../../src/providers/aws/index.ts';
import { type AwsSandbox, startAwsSandbox } from '../../../src/sandbox/aws/start.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { connectTo, iamAt, region, strangerAt } from '../../providers/aws/server.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../../support/world.ts';

const record = { region, name: 'lab/eso-key' };
const wanted = (more: Fields = {}) => [resource('aws.iam-access-key/eso', { record, ...more })];

let server: AwsSandbox;
let bench: Bench;
beforeEach(async () => {
  server = await startAwsSandbox({ seed: 'access-key' });
  bench = {
    kinds: aws.kinds,
    connections: [await connectTo(server)],
    store: memoryStore(),
    desk: deskFrom({}, async (value) => secret(value)),
    name: 'keys',
  };
  onTestFinished(() => server.stop());
});

const keys = async (): Promise<string[]> => {
  const { AccessKeyMetadata = [] } = await iamAt(server).listAccessKeys({ UserName: 'eso' });
  return AccessKeyMetadata.flatMap(({ AccessKeyId }) => AccessKeyId ?? []);
};
const recorded = () => JSON.parse(server.readSecret(region, record.name) ?? '{}');
const apply = async (more: Fields = {}) =>
  expect(await applyAll(bench, wanted(more))).toMatchObject({ failed: [], diagnostics: [] });

test('a new key is written down once, and the plan shows its id and nothing else of it', async () => {
  await apply();
  const { id, secret: value } = recorded();
  expect(await keys()).toEqual([id]);
  expect(value).toHaveLength(40);
  const seen = JSON.stringify([await plan(bench, wanted()), await bench.store.load()]);
  expect(seen).not.toContain(value);
});

test('its rotation makes a second key, and the first goes when the manifest says so', async () => {
  await apply({ rotation: 'one' });
  const first = recorded().id;
  await apply({ rotation: 'two' });
  const second = recorded().id;
  expect(await keys()).toEqual([first, second]);
  expect((await plan(bench, wanted({ rotation: 'two' }))).summary).toMatchObject({ none: 1 });
  const over = { rotation: 'two', previousKey: null };
  expect((await plan(bench, wanted(over))).changes[0]).toMatchObject({ actions: ['update'] });
  await apply(over);
  expect(await keys()).toEqual([second]);
  expect((await plan(bench, wanted(over))).summary).toMatchObject({ none: 1 });
});

test('two rotations in a row never need a third key', async () => {
  for (const rotation of ['one', 'two', 'three']) await apply({ rotation });
  expect(await keys()).toHaveLength(2);
  expect(await keys()).toContain(recorded().id);
});

test('a key that was made and not written down is removed by its id', async () => {
  await apply();
  const lost = (await iamAt(server).createAccessKey({ UserName: 'eso' })).AccessKey?.AccessKeyId;
  const before = recorded().id;
  await apply({ rotation: 'next' });
  expect(await keys()).not.toContain(lost);
  expect(await keys()).toEqual([before, recorded().id]);
});

test('a run that died between the key and its record is finished with one key', async () => {
  const owner = { Key: 'lab-record', Value: `${record.region}/${record.name}` };
  await iamAt(server).createUser({ UserName: 'eso', Tags: [owner, { Key: 'lab-owner', Value: 'keys/unit/x' }] });
  await iamAt(server).createAccessKey({ UserName: 'eso' });
  const result = await applyAll(bench, wanted(), { adopt: true });
  expect(result).toMatchObject({ failed: [], diagnostics: [] });
  expect(await keys()).toEqual([recorded().id]);
});

test('a key that somebody deleted is drift, and another is made', async () => {
  await apply();
  await iamAt(server).deleteAccessKey({ UserName: 'eso', AccessKeyId: recorded().id });
  expect((await plan(bench, wanted())).changes[0]).toMatchObject({
    actions: ['update'],
    fields: [{ path: 'record.region' }, { path: 'record.name' }],
  });
  await apply();
  expect(await keys()).toEqual([recorded().id]);
});

test('a secret of somebody else is no record, and keys of somebody else are not deleted', async () => {
  await strangerAt(server).createSecret({ Name: record.name, SecretString: 'theirs' });
  const refused = await applyAll(bench, wanted());
  expect(refused.diagnostics).toMatchObject([{ code: 'CONFLICT' }]);
  expect(server.readSecret(region, record.name)).toBe('theirs');
  const iam = iamAt(server);
  await iam.createUser({ UserName: 'theirs' });
  await iam.createAccessKey({ UserName: 'theirs' });
  const other = resource('aws.iam-access-key/theirs', { record: { region, name: 'lab/other' } });
  const { diagnostics } = await applyAll(bench, [other], { adopt: true });
  expect(diagnostics.filter(({ address }) => address === other.address)).toMatchObject([{ code: 'CONFLICT' }]);
  expect((await iam.listAccessKeys({ UserName: 'theirs' })).AccessKeyMetadata).toHaveLength(1);
});

test('reads with it are what the policies of its user allow', async () => {
  await strangerAt(server).createSecret({ Name: 'team/app', SecretString: 'of the app' });
  const all = [
    ...wanted(),
    resource('aws.iam-policy/eso', { reads: [{ region, names: ['team/app'], prefixes: [] }] }),
    resource('aws.iam-user-policy-attachment/eso/eso', {}),
  ];
  await applyAll(bench, wanted());
  const session = () => strangerAt({ ...server, accessKey: recorded() });
  await expect(session().getSecretValue({ SecretId: 'team/app' })).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  expect(await applyAll(bench, all)).toMatchObject({ failed: [], diagnostics: [] });
  expect((await session().getSecretValue({ SecretId: 'team/app' })).SecretString).toBe('of the app');
  await expect(session().getSecretValue({ SecretId: record.name })).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  expect(await applyAll(bench, [], { allowDataLoss: true })).toMatchObject({ failed: [], diagnostics: [] });
  await expect(iamAt(server).getUser({ UserName: 'eso' })).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  expect(server.readSecret(region, record.name)).toBeUndefined();
});
