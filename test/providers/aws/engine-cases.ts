import { describe, expect, test } from 'vitest';
import type { Fields } from '../../../src/engine/value.ts';
import { aws } from '../../../src/providers/aws/index.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { fromSource } from '../../../src/secrets/source.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../../support/world.ts';
import { type AwsServer, connectTo, region, strangerAt, uniqueName } from './server.ts';

const fromEnv = (name: string, onExternalChange: 'keep' | 'overwrite' = 'keep') =>
  fromSource({ source: { from: 'env', name }, onMissingSource: 'keep', onExternalChange, at: 'lab.yaml:1:1' });

/** What plan and apply make of a secret that other people have their hands on, too. */
export const describeWithEngine = (server: () => AwsServer): void => {
  const benchWith = async (env: Readonly<Record<string, string>>, store = memoryStore()): Promise<Bench> => ({
    kinds: aws.kinds,
    connections: [await connectTo(server())],
    store,
    desk: deskFrom(env, async (value) => secret(value)),
    name: 'engine',
  });
  const at = (name: string, spec: Fields) =>
    resource(`aws.secrets-manager-secret/${region}/${encodeURIComponent(name)}`, spec);
  const valueOf = async (name: string): Promise<unknown> => {
    const stored = await strangerAt(server()).getSecretValue({ SecretId: name, VersionStage: 'AWSCURRENT' });
    return JSON.parse(stored.SecretString ?? '');
  };
  const put = (name: string, value: object) =>
    strangerAt(server()).putSecretValue({ SecretId: name, SecretString: JSON.stringify(value) });

  describe('plan and apply', () => {
    test('use a secret that somebody else made, and ask for no value of it', async () => {
      const name = uniqueName('used');
      await strangerAt(server()).createSecret({ Name: name, SecretString: '{"id":"theirs"}' });
      const bench = await benchWith({});
      const wanted = [at(name, { properties: { id: fromEnv('UNSET') } })];
      expect((await plan(bench, wanted)).changes[0]).toMatchObject({ actions: ['none'], ownership: 'used' });
      expect(await applyAll(bench, wanted)).toMatchObject({ failed: [] });
      expect(bench.connections[0]?.writes()).toBe(0);
    });

    test('take such a secret over when told to, and leave its value', async () => {
      const name = uniqueName('adopted');
      await strangerAt(server()).createSecret({ Name: name, SecretString: '{"id":"theirs"}' });
      const bench = await benchWith({ ID: 'ours' });
      const wanted = at(name, { properties: { id: fromEnv('ID') } });
      const result = await applyAll(bench, [wanted], { adopt: [wanted.address] });
      expect(result).toMatchObject({ failed: [], diagnostics: [] });
      expect((await plan(bench, [wanted])).changes[0]).toMatchObject({ actions: ['none'], ownership: 'owned' });
      expect(await valueOf(name)).toEqual({ id: 'theirs' });
      const overwritten = at(name, { properties: { id: fromEnv('ID', 'overwrite') } });
      await applyAll(bench, [overwritten]);
      expect(await valueOf(name)).toEqual({ id: 'ours' });
      expect((await plan(bench, [overwritten])).changes[0]).toMatchObject({ actions: ['none'] });
    });

    test('keep what somebody else wrote, or overwrite it where the manifest says so', async () => {
      const name = uniqueName('rotated');
      const bench = await benchWith({ ID: 'ours', KEY: 'key' });
      const wanted = (change: 'keep' | 'overwrite') => [
        at(name, { properties: { id: fromEnv('ID', change), key: fromEnv('KEY') } }),
      ];
      await applyAll(bench, wanted('keep'));
      await put(name, { id: 'rotated', key: 'key' });
      const kept = await plan(bench, wanted('keep'));
      expect(kept.changes[0]).toMatchObject({ actions: ['none'], fields: [{ kept: true }, { kept: true }] });
      expect((await applyAll(bench, wanted('keep'))).failed).toEqual([]);
      expect(await valueOf(name)).toEqual({ id: 'rotated', key: 'key' });
      await applyAll(bench, wanted('overwrite'));
      expect(await valueOf(name)).toEqual({ id: 'ours', key: 'key' });
    });

    test('say that a secret can be recovered, and recover it', async () => {
      const name = uniqueName('pending');
      const bench = await benchWith({ ID: 'ours' });
      const wanted = [at(name, { properties: { id: fromEnv('ID') } })];
      await applyAll(bench, wanted);
      await strangerAt(server()).deleteSecret({ SecretId: name, RecoveryWindowInDays: 7 });
      expect((await plan(bench, wanted)).changes[0]).toMatchObject({
        actions: ['create'],
        missing: true,
        notes: expect.arrayContaining([expect.stringContaining('scheduled for deletion')]),
      });
      expect(await applyAll(bench, wanted)).toMatchObject({ failed: [], diagnostics: [] });
      expect(await valueOf(name)).toEqual({ id: 'ours' });
    });

    test('delete what left the manifest only when data loss is allowed', async () => {
      const name = uniqueName('deleted');
      const bench = await benchWith({ ID: 'ours' });
      await applyAll(bench, [at(name, { value: fromEnv('ID') })]);
      await applyAll(bench, []);
      const { DeletedDate } = await strangerAt(server()).describeSecret({ SecretId: name });
      expect(DeletedDate).toBeUndefined();
      await applyAll(bench, [], { allowDataLoss: true });
      const after = await strangerAt(server()).describeSecret({ SecretId: name });
      expect(after.DeletedDate).toBeInstanceOf(Date);
    });
  });
};
