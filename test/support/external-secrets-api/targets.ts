import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { entry, eventually, type OperatorUnderTest, openBench, textsOf, uniqueName } from './bench.ts';
import { makeReaders, readingAs } from './stores.ts';

const hash = (text: string) => createHash('sha3-224').update(text).digest('hex');
const managed = 'reconcile.external-secrets.io/managed';
const createdBy = 'reconcile.external-secrets.io/created-by';
const dataHash = 'reconcile.external-secrets.io/data-hash';
const cleanup = 'externalsecrets.external-secrets.io/externalsecret-cleanup';

/** The Secrets that ExternalSecrets write. */
export const describeTargets = (operator: () => OperatorUnderTest): void => {
  describe('targets', () => {
    const bench = openBench(operator, uniqueName('targets'));
    const secretStoreRef = { name: 'central', kind: 'SecretStore' };
    const reading = (keys: readonly string[] = ['a'], target: object = {}) => ({
      secretStoreRef,
      refreshInterval: '1h0m0s',
      target,
      data: keys.map((key) => entry(key, 'source', { property: key })),
    });
    const synced = (name: string) => bench.says(name, 'True', 'SecretSynced', 'secret synced');

    beforeAll(async () => {
      await makeReaders(bench);
      await bench.putSecret('source', { a: '1', b: '2' });
      await bench.applyStore('central', readingAs(operator(), bench, 'reader'));
      await bench.storeSays('central', 'True', 'Valid', 'store validated');
    });

    test('carry marks, hashes and the owner; the status carries the fence', async () => {
      await bench.apply('marked', reading(), { labels: { l: '1' }, annotations: { b: '3', a: '2' } });
      const object = await synced('marked');
      expect(object.metadata.finalizers).toEqual([cleanup]);
      expect(object.status).toEqual({
        binding: { name: 'marked' },
        conditions: [expect.any(Object)],
        refreshTime: expect.stringMatching(/^[^.]+Z$/),
        syncedResourceVersion: `1-${hash('{annotations:map[a:2 b:3] labels:map[l:1]}')}`,
      });
      const { metadata, data, type } = await bench.secret('marked');
      expect({ data, type }).toEqual({ data: { a: 'MQ==' }, type: 'Opaque' });
      expect(metadata.labels).toEqual({ l: '1', [managed]: 'true', [createdBy]: hash(`${bench.namespace}/marked`) });
      expect(metadata.annotations).toEqual({ a: '2', b: '3', [dataHash]: hash('map[a:[49]]') });
      expect(metadata.ownerReferences).toEqual([
        {
          apiVersion: 'external-secrets.io/v1',
          kind: 'ExternalSecret',
          name: 'marked',
          uid: object.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ]);
      expect(metadata.managedFields.map(({ manager, operation }) => `${manager} ${operation}`)).toEqual([
        'externalsecrets.external-secrets.io/marked Update',
      ]);
      await bench.tells('marked', ['Normal Created: secret created']);
    });

    test('are written again only when something changes', async () => {
      await bench.apply('quiet', reading());
      await synced('quiet');
      const before = await bench.secret('quiet');
      await bench.patch('quiet', { metadata: { annotations: { 'force-sync': '1' } } });
      const after = await eventually(
        () => bench.secret('quiet'),
        (secret) => expect(secret.metadata.annotations['force-sync']).toBe('1'),
      );
      expect(after.metadata.uid).toBe(before.metadata.uid);
      const bare = { secretStoreRef, target: { template: { metadata: { labels: { x: 'y' } } } }, data: reading().data };
      await bench.apply('silent', bare);
      await synced('silent');
      const first = await bench.secret('silent');
      await bench.patch('silent', { metadata: { annotations: { 'force-sync': '1' } } });
      await eventually(
        () => bench.externalSecret('silent'),
        ({ status, metadata }) =>
          expect(status?.syncedResourceVersion).toBe(
            `${metadata.generation}-${hash('{annotations:map[force-sync:1] labels:map[]}')}`,
          ),
      );
      expect((await bench.secret('silent')).metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    });

    test('follow the spec', async () => {
      await bench.apply('moving', reading(['a', 'b']));
      await bench.holds('moving', { a: '1', b: '2' });
      await bench.apply('moving', reading(['b']));
      await bench.holds('moving', { b: '2' });
      await bench.tells('moving', ['Normal Created: secret created', 'Normal Updated: secret updated']);
    });

    test('are healed when somebody edits or removes them', async () => {
      await bench.apply('healing', reading());
      await synced('healing');
      await bench.patchSecret('healing', { data: { a: 'eA==', more: 'eA==' } });
      await bench.holds('healing', { a: '1' });
      await bench.removeSecret('healing');
      await bench.holds('healing', { a: '1' });
      await bench.patchSecret('healing', { metadata: { labels: { theirs: 'yes' } } });
      await sleep(300);
      expect((await bench.secret('healing')).metadata.labels).toMatchObject({ theirs: 'yes' });
    });

    test("that are somebody else's are taken by Owner, which wipes their keys", async () => {
      await bench.putSecret('foreign', { old: 'x' }, { labels: { theirs: 'yes' }, annotations: { note: 'n' } });
      await bench.apply('foreign', reading());
      await bench.holds('foreign', { a: '1' });
      const { metadata } = await bench.secret('foreign');
      expect(metadata.labels).toMatchObject({ theirs: 'yes', [managed]: 'true' });
      expect(metadata.annotations).toMatchObject({ note: 'n' });
      expect(metadata.ownerReferences).toHaveLength(1);
    });

    test('of Orphan have no owner; of Merge keep their other keys, and must be there', async () => {
      await bench.apply('orphan', reading(['a'], { creationPolicy: 'Orphan' }));
      await synced('orphan');
      const { metadata } = await bench.secret('orphan');
      expect([metadata.ownerReferences, metadata.labels]).toEqual([undefined, { [managed]: 'true' }]);
      await bench.apply('merged', reading(['a'], { creationPolicy: 'Merge' }));
      await bench.says('merged', 'True', 'SecretMissing', 'secret will not be created due to CreationPolicy=Merge');
      await bench.putSecret('present', { old: 'x' });
      await bench.apply('present', reading(['a'], { creationPolicy: 'Merge' }));
      await bench.holds('present', { a: '1', old: 'x' });
      await bench.apply('present', reading(['b'], { creationPolicy: 'Merge' }));
      await bench.holds('present', { b: '2', old: 'x' });
    });

    test('of None are not made', async () => {
      await bench.apply('none', reading(['a'], { creationPolicy: 'None' }));
      const object = await synced('none');
      expect(object.status?.binding).toEqual({ name: '' });
      expect(await bench.findSecret('none')).toBeUndefined();
    });

    test('let go of their owner when the policy changes', async () => {
      await bench.apply('released', reading());
      await synced('released');
      await bench.apply('released', reading(['a'], { creationPolicy: 'Orphan' }));
      const { metadata } = await eventually(
        () => bench.secret('released'),
        (secret) => expect(secret.metadata.ownerReferences).toBeUndefined(),
      );
      expect(metadata.labels).toEqual({ [managed]: 'true' });
    });

    test('have one ExternalSecret as owner, and a second one fails for good', async () => {
      await bench.apply('first', reading(['a'], { name: 'shared' }));
      await synced('first');
      await bench.apply('second', reading(['b'], { name: 'shared' }));
      const object = await bench.says(
        'second',
        'False',
        'SecretSyncedError',
        'target is owned by another ExternalSecret',
      );
      expect(object.status?.binding).toEqual({ name: 'shared' });
      await bench.tells('second', [
        'Warning UpdateFailed: unable to mutate secret shared: secret is owned by another ExternalSecret: first',
      ]);
      expect(textsOf(await bench.secret('shared'))).toEqual({ a: '1' });
    });

    test('with another controller cannot be taken', async () => {
      const { body } = await bench.post('configmaps', { metadata: { name: 'owner' } });
      const ownerReferences = [
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: body.metadata.uid, controller: true },
      ];
      await bench.putSecret('controlled', { old: 'x' }, { ownerReferences });
      await bench.apply('controlled', reading());
      await bench.says('controlled', 'False', 'SecretSyncedError', 'failed to take ownership of target secret');
      await bench.tells('controlled', [
        `Warning UpdateFailed: unable to mutate secret controlled: could not set controller reference on secret: Object ${bench.namespace}/controlled is already owned by another ConfigMap controller owner`,
      ]);
      expect(textsOf(await bench.secret('controlled'))).toEqual({ old: 'x' });
    });

    test('under a former name are removed', async () => {
      await bench.apply('renamed', reading(['a'], { name: 'before' }));
      await bench.holds('before', { a: '1' });
      await bench.apply('renamed', reading(['a'], { name: 'after' }));
      await bench.holds('after', { a: '1' });
      expect(await bench.findSecret('before')).toBeUndefined();
      await bench.mentions('renamed', 'Normal Deleted: secret deleted because it was orphaned');
    });

    test('that are immutable keep their data', async () => {
      await bench.apply('fixed', reading(['a'], { immutable: true }));
      await synced('fixed');
      expect(await bench.secret('fixed')).toMatchObject({ immutable: true });
      await bench.apply('fixed', reading(['b'], { immutable: true }));
      await eventually(
        () => bench.externalSecret('fixed'),
        ({ status }) => expect(status?.syncedResourceVersion).toMatch(/^2-/),
      );
      expect(textsOf(await bench.secret('fixed'))).toEqual({ a: '1' });
      await bench.apply('fixed', reading(['b']));
      await bench.says('fixed', 'False', 'SecretSyncedError', 'could not update secret, target is immutable');
    });

    describe('when the store has nothing', () => {
      const extracting = (key: string, deletionPolicy: string) => ({
        secretStoreRef,
        target: { deletionPolicy },
        dataFrom: [{ extract: { key } }],
      });

      test('Delete removes the target and calls it ready', async () => {
        await bench.putSecret('leaving', { a: '1' });
        await bench.apply('deleting', extracting('leaving', 'Delete'));
        await bench.holds('deleting', { a: '1' });
        await bench.removeSecret('leaving');
        await bench.patch('deleting', { metadata: { annotations: { 'force-sync': '1' } } });
        await bench.says('deleting', 'True', 'SecretDeleted', 'secret deleted due to DeletionPolicy=Delete');
        expect(await bench.findSecret('deleting')).toBeUndefined();
        await bench.mentions('deleting', 'Normal Deleted: secret deleted due to DeletionPolicy=Delete');
        const missing = 'secret does not exist at provider using spec.dataFrom[0]';
        await bench.mentions('deleting', `Normal MissingProviderSecret: ${missing}`);
      });

      test('Retain keeps it and says so', async () => {
        await bench.putSecret('empty', {});
        await bench.apply('retaining', extracting('empty', 'Retain'));
        await bench.says('retaining', 'True', 'SecretSynced', 'secret retained due to DeletionPolicy=Retain');
        expect(await bench.findSecret('retaining')).toBeUndefined();
      });
    });

    describe('when the ExternalSecret goes', () => {
      const gone = (name: string) =>
        eventually(
          () => bench.externalSecret(name),
          (object) => expect(object.kind).toBe('Status'),
        );
      const goneSecret = (name: string) =>
        eventually(
          () => bench.findSecret(name),
          (secret) => expect(secret).toBeUndefined(),
        );

      test('that of Owner goes too, that of Orphan stays', async () => {
        for (const creationPolicy of ['Owner', 'Orphan']) {
          const name = `leaving-${creationPolicy.toLowerCase()}`;
          await bench.apply(name, reading(['a'], { creationPolicy }));
          await synced(name);
          await bench.remove(name);
          await gone(name);
        }
        await goneSecret('leaving-owner');
        expect(textsOf(await bench.secret('leaving-orphan'))).toEqual({ a: '1' });
      });

      test('with deletionPolicy Delete the operator removes it itself', async () => {
        await bench.apply('leaving-delete', reading(['a'], { deletionPolicy: 'Delete' }));
        await synced('leaving-delete');
        await bench.remove('leaving-delete');
        await goneSecret('leaving-delete');
        await gone('leaving-delete');
      });
    });

    describe('in time', () => {
      test('are refreshed by interval', async () => {
        await bench.putSecret('turning', { a: 'old' });
        const data = [entry('a', 'turning', { property: 'a' })];
        await bench.apply('periodic', { secretStoreRef, refreshInterval: '1s', data });
        await bench.holds('periodic', { a: 'old' });
        await bench.patchSecret('turning', { stringData: { a: 'new' } });
        await bench.holds('periodic', { a: 'new' });
      });

      test('with interval 0 are read once, whatever changes', async () => {
        const once = (keys: readonly string[]) => ({ ...reading(keys), refreshInterval: '0s' });
        await bench.apply('once', once(['a']));
        const { status } = await synced('once');
        await bench.apply('once', once(['b']));
        await sleep(500);
        expect((await bench.externalSecret('once')).status).toEqual(status);
        expect(textsOf(await bench.secret('once'))).toEqual({ a: '1' });
      });

      test('of CreatedOnce and OnChange follow their policy', async () => {
        for (const refreshPolicy of ['CreatedOnce', 'OnChange']) {
          const name = refreshPolicy.toLowerCase();
          await bench.apply(name, { ...reading(['a']), refreshPolicy });
          await synced(name);
          await bench.apply(name, { ...reading(['b']), refreshPolicy });
        }
        await bench.holds('onchange', { b: '2' });
        expect(textsOf(await bench.secret('createdonce'))).toEqual({ a: '1' });
      });

      test("an interval that is not in Go's form is rewritten, and belongs to the operator then", async () => {
        await bench.apply('interval', { ...reading(), refreshInterval: '1h' });
        const object = await synced('interval');
        expect(object.spec.refreshInterval).toBe('1h0m0s');
        const operators = object.metadata.managedFields.filter(
          (one) => one.manager === 'external-secrets' && !one.subresource,
        );
        expect(operators[0]?.fieldsV1['f:spec']).toEqual({ 'f:refreshInterval': {} });
        const again = { ...reading(), refreshInterval: '1h' };
        await expect(bench.apply('interval', again)).rejects.toThrow(/409.*external-secrets/);
      });
    });
  });
};
