import { describe, expect, test } from 'vitest';
import type { BoundKind, Live } from '../../../src/engine/resource.ts';
import { type Fields, isFields, isLiveSecret } from '../../../src/engine/value.ts';
import type { AwsClient } from '../../../src/providers/aws/client.ts';
import { secretsManagerSecret } from '../../../src/providers/aws/secrets/secrets-manager-secret.ts';
import { type Secret, secret } from '../../../src/secrets/secret.ts';
import { fromSource } from '../../../src/secrets/source.ts';
import { type AwsServer, clientOf, region, strangerAt, uniqueName } from './server.ts';

const mark = 'test/unit/installation';
const print = (value: string): string => `v1:test:${Buffer.from(value).toString('base64url')}`;
const unread = fromSource({
  source: { from: 'env', name: 'UNSET' },
  onMissingSource: 'keep',
  onExternalChange: 'keep',
  at: 'lab.yaml:1:1',
});

/** Properties as the engine would have them written: values, and a key that is left alone with the mark it has. */
const wanted = (values: Readonly<Record<string, string>>, kept: Readonly<Record<string, string>> = {}) => ({
  spec: {
    properties: {
      ...Object.fromEntries(Object.entries(values).map(([key, value]): [string, Secret] => [key, secret(value)])),
      ...Object.fromEntries(Object.keys(kept).map((key) => [key, unread])),
    },
  },
  fingerprints: Object.fromEntries(
    Object.entries({ ...values, ...kept }).map(([key, value]) => [`properties.${key}`, print(value)]),
  ),
});

type Wanted = { spec: Fields; fingerprints: Readonly<Record<string, string>>; removed?: readonly string[] };

const write = async (kind: BoundKind, name: string, { spec, fingerprints, removed = [] }: Wanted, live?: Live) => {
  const id = [region, name];
  return kind.write({ id, spec, fingerprints, removed, mark, live: live ?? (await kind.read(id, spec)) });
};

/** What read() tells of the properties: fingerprint, and whether somebody else wrote after it. */
const seen = (live: Live) => {
  const properties = live.exists === 'yes' && isFields(live.spec.properties) ? live.spec.properties : {};
  return Object.fromEntries(
    Object.entries(properties).map(([key, leaf]) => [
      key,
      isLiveSecret(leaf) ? `${leaf.fingerprint ?? 'nothing'}${leaf.moved === true ? ' moved' : ''}` : 'no secret',
    ]),
  );
};

/** How writes of aws.secrets-manager-secret meet crashes and other people. */
export const describeWriting = (server: () => AwsServer): void => {
  const bound = (client: AwsClient = clientOf(server())): BoundKind => secretsManagerSecret.bind(client);
  const valueOf = async (name: string): Promise<unknown> => {
    const { SecretString = '' } = await strangerAt(server()).getSecretValue({
      SecretId: name,
      VersionStage: 'AWSCURRENT',
    });
    return JSON.parse(SecretString);
  };
  const put = (name: string, value: object) =>
    strangerAt(server()).putSecretValue({ SecretId: name, SecretString: JSON.stringify(value) });

  describe('a write that is killed', () => {
    const before = wanted({ id: 'one', key: 'two', old: 'three' });
    const after: Wanted = { ...wanted({ id: 'ONE', key: 'two' }), removed: ['properties.old'] };

    // The update below sends five calls: untag none, tag, put, move the label, untag.
    test.each([1, 2, 3, 4])('before or after its call %i is finished by the next one', async (calls) => {
      for (const sent of [false, true]) {
        const name = uniqueName('killed');
        await write(bound(), name, before);
        await put(name, { id: 'one', key: 'two', old: 'three', foreign: { n: 1 } });
        await write(bound(), name, before);
        await expect(write(bound(dying(clientOf(server()), calls, sent)), name, after)).rejects.toThrow('killed');
        await write(bound(), name, after);
        expect(await valueOf(name)).toEqual({ id: 'ONE', key: 'two', foreign: { n: 1 } });
        expect(seen(await bound().read([region, name], {}))).toEqual({ id: print('ONE'), key: print('two') });
      }
    });

    test('before its value went out shows marks that fit no value, and blames nobody', async () => {
      const name = uniqueName('announced');
      await write(bound(), name, before);
      await expect(write(bound(dying(clientOf(server()), 2, false)), name, after)).rejects.toThrow('killed');
      const live = seen(await bound().read([region, name], {}));
      expect(Object.keys(live).toSorted()).toEqual(['id', 'key']);
      expect(live.id).toMatch(/^v1:test:0+$/);
    });
  });

  describe('somebody else', () => {
    test('who adds a property keeps it when lab writes its own', async () => {
      const name = uniqueName('foreign');
      await write(bound(), name, wanted({ id: 'one' }));
      await put(name, { id: 'one', foreign: 'stays', list: [1, { deep: null }] });
      await write(bound(), name, wanted({ id: 'two' }));
      expect(await valueOf(name)).toEqual({ id: 'two', foreign: 'stays', list: [1, { deep: null }] });
    });

    test('who writes is seen, also after lab wrote another property', async () => {
      const name = uniqueName('moved');
      await write(bound(), name, wanted({ id: 'one', key: 'two' }));
      await put(name, { id: 'theirs', key: 'two' });
      expect(seen(await bound().read([region, name], {}))).toEqual({
        id: `${print('one')} moved`,
        key: `${print('two')} moved`,
      });
      await write(bound(), name, wanted({ key: 'new' }, { id: 'one' }));
      expect(await valueOf(name)).toEqual({ id: 'theirs', key: 'new' });
      expect(seen(await bound().read([region, name], {}))).toEqual({ id: `${print('one')} moved`, key: print('new') });
    });

    test('who puts the older version back is seen, not taken for a crash', async () => {
      const name = uniqueName('rollback');
      await write(bound(), name, wanted({ id: 'one' }));
      const first = await clientOf(server()).describe({ region, name });
      await write(bound(), name, wanted({ id: 'two' }));
      const second = await clientOf(server()).describe({ region, name });
      await strangerAt(server()).updateSecretVersionStage({
        SecretId: name,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: first?.current,
        RemoveFromVersionId: second?.current,
      });
      expect(seen(await bound().read([region, name], {}))).toEqual({ id: `${print('two')} moved` });
      await write(bound(), name, wanted({ id: 'two' }));
      expect(await valueOf(name)).toEqual({ id: 'two' });
    });

    test('who writes between our read and our write is not overwritten', async () => {
      const name = uniqueName('race');
      await write(bound(), name, wanted({ id: 'one' }));
      const stale = await bound().read([region, name], {});
      await put(name, { id: 'theirs' });
      await expect(write(bound(), name, wanted({ id: 'two' }), stale)).rejects.toMatchObject({ code: 'MOVED' });
      const client = clientOf(server());
      const interrupted: AwsClient = {
        ...client,
        put: async (...given) => {
          await client.put(...given);
          await put(name, { id: 'theirs, later' });
        },
      };
      await expect(write(bound(interrupted), name, wanted({ id: 'two' }))).rejects.toMatchObject({ code: 'MOVED' });
      expect(await valueOf(name)).toEqual({ id: 'theirs, later' });
      expect(seen(await bound().read([region, name], {}))).toEqual({ id: `${print('one')} moved` });
    });

    test('whose property has the name of a new one of ours is asked first', async () => {
      const name = uniqueName('collision');
      await write(bound(), name, wanted({ id: 'one' }));
      await put(name, { id: 'one', key: 'theirs' });
      const ours = wanted({ id: 'one', key: 'ours' });
      await expect(write(bound(), name, ours)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await valueOf(name)).toEqual({ id: 'one', key: 'theirs' });
      await write(bound(), name, wanted({ id: 'one', key: 'theirs' }));
      expect(seen(await bound().read([region, name], {}))).toEqual({ id: print('one'), key: print('theirs') });
    });

    test('whose text is no JSON is told so, without a word of it', async () => {
      const name = uniqueName('text');
      await strangerAt(server()).createSecret({ Name: name, SecretString: 'plain-text-of-theirs' });
      const failed = write(bound(), name, wanted({ id: 'one' }));
      await expect(failed).rejects.toMatchObject({ code: 'CONFLICT', message: expect.not.stringContaining('plain') });
    });
  });

  describe('a secret', () => {
    test('turns from properties into a value and back', async () => {
      const name = uniqueName('form');
      await write(bound(), name, wanted({ id: 'one' }));
      const whole = {
        spec: { value: secret('text') },
        fingerprints: { value: print('text') },
        removed: ['properties'],
      };
      await write(bound(), name, whole);
      const live = await bound().read([region, name], {});
      expect(live.exists === 'yes' && Object.keys(live.spec)).toEqual(['value', 'description', 'tags']);
      await write(bound(), name, { ...wanted({ key: 'two' }), removed: ['value'] });
      expect(await valueOf(name)).toEqual({ key: 'two' });
    });

    test('that is scheduled for deletion can be recovered, and is when it is written', async () => {
      const name = uniqueName('recovered');
      await write(bound(), name, wanted({ id: 'one', gone: 'two' }));
      await put(name, { id: 'one', gone: 'two', foreign: 'stays' });
      await bound().remove([region, name]);
      expect(await bound().read([region, name], {})).toMatchObject({
        exists: 'no',
        recoverable: expect.stringContaining('scheduled for deletion'),
      });
      await write(bound(), name, wanted({ id: 'new' }));
      expect(await valueOf(name)).toEqual({ id: 'new', foreign: 'stays' });
      expect(seen(await bound().read([region, name], {}))).toEqual({ id: print('new') });
    });

    test('loses lab’s marks when it is released, and nothing else', async () => {
      const name = uniqueName('released');
      const { spec, fingerprints } = wanted({ id: 'one' });
      await write(bound(), name, { spec: { ...spec, tags: { team: 'a' } }, fingerprints });
      await bound().release([region, name]);
      const { Tags } = await strangerAt(server()).describeSecret({ SecretId: name });
      expect(Tags).toEqual([{ Key: 'team', Value: 'a' }]);
      expect(await valueOf(name)).toEqual({ id: 'one' });
    });

    test('without a value takes its first one', async () => {
      const name = uniqueName('empty');
      await strangerAt(server()).createSecret({ Name: name });
      await write(bound(), name, wanted({ id: 'one' }));
      expect(await valueOf(name)).toEqual({ id: 'one' });
    });

    test('over 64 KB is refused before anything is sent', async () => {
      const name = uniqueName('big');
      const client = clientOf(server());
      const big = write(bound(client), name, wanted({ id: 'x'.repeat(65_530) }));
      await expect(big).rejects.toMatchObject({ code: 'REJECTED', message: expect.stringContaining('65536') });
      expect(client.writes()).toBe(0);
    });
  });
};

/** A client that dies at its nth call that changes something, before or after it was sent. */
const dying = (client: AwsClient, nth: number, sent: boolean): AwsClient => {
  let calls = 0;
  const mortal =
    <Given extends readonly unknown[]>(call: (...given: Given) => Promise<void>) =>
    async (...given: Given): Promise<void> => {
      calls += 1;
      if (calls === nth && !sent) throw new Error('killed');
      await call(...given);
      if (calls === nth) throw new Error('killed');
    };
  return {
    ...client,
    put: mortal((...given: Parameters<AwsClient['put']>) => client.put(...given)),
    makeCurrent: mortal((...given: Parameters<AwsClient['makeCurrent']>) => client.makeCurrent(...given)),
    tag: mortal((...given: Parameters<AwsClient['tag']>) => client.tag(...given)),
    untag: mortal((...given: Parameters<AwsClient['untag']>) => client.untag(...given)),
  };
};
