import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Api,
  apply,
  configMap,
  get,
  makeNamespace,
  merge,
  namespacePath,
  post,
  remove,
  textAt,
  until,
} from './api.ts';

/** What every Kubernetes API must do that a transcript of single calls cannot show; for the real one and for ours. */
export const describeKubernetesApi = (name: string, connect: () => Promise<Api>): void => {
  describe(`${name} is a Kubernetes API`, () => {
    let api: Api;
    let path: string;
    beforeAll(async () => {
      api = await connect();
      const namespace = `api-${randomBytes(4).toString('hex')}`;
      await makeNamespace(api.ask, namespace);
      path = `${namespacePath(namespace)}/configmaps`;
    });
    afterAll(() => api.close());

    const versionNow = async () => textAt(await get(api.ask, path), 'metadata', 'resourceVersion');
    /** `TYPE name` of each event, once there are so many. */
    const events = async (lines: readonly string[], count: number): Promise<readonly string[]> => {
      for (let attempt = 0; attempt < 100 && lines.length < count; attempt += 1) await sleep(50);
      return lines
        .map((line) => JSON.parse(line))
        .map(({ type, object }) => `${type} ${object.metadata.name ?? object.code}`);
    };

    test('watches from a version on, and sees nothing of before', async () => {
      await apply(api.ask, `${path}/before`, configMap('before'));
      const watch = await api.watch(`${path}?watch=true&resourceVersion=${await versionNow()}`);
      await apply(api.ask, `${path}/new`, configMap('new', {}, { a: '1' }));
      await merge(api.ask, `${path}/new`, { data: { a: '2' } });
      await merge(api.ask, `${path}/new`, { data: { a: '2' } });
      await remove(api.ask, `${path}/new`);
      await apply(api.ask, `${path}/last`, configMap('last'));
      expect(await events(watch.lines, 4)).toEqual(['ADDED new', 'MODIFIED new', 'DELETED new', 'ADDED last']);
      watch.close();
    });

    test('gives a deleted object a version of its own', async () => {
      const { body } = await post(api.ask, path, configMap('mortal'));
      const watch = await api.watch(`${path}?watch=true&resourceVersion=${await versionNow()}`);
      await remove(api.ask, `${path}/mortal`);
      await events(watch.lines, 1);
      const { object } = JSON.parse(watch.lines[0] ?? '{}');
      expect(object.metadata.uid).toBe(textAt({ status: 0, contentType: '', body }, 'metadata', 'uid'));
      expect(Number(object.metadata.resourceVersion)).toBeGreaterThan(
        Number(textAt({ status: 0, contentType: '', body }, 'metadata', 'resourceVersion')),
      );
      watch.close();
    });

    test('watches what is there first where no version is given', async () => {
      const watch = await api.watch(`${path}?watch=true&fieldSelector=metadata.name%3Dkube-root-ca.crt`);
      expect(await events(watch.lines, 1)).toEqual(['ADDED kube-root-ca.crt']);
      watch.close();
    });

    test('adds to and deletes from a watch what comes into its selection and leaves it', async () => {
      await apply(api.ask, `${path}/moving`, configMap('moving', { labels: { in: 'no' } }));
      const watch = await api.watch(`${path}?watch=true&labelSelector=in%3Dyes&resourceVersion=${await versionNow()}`);
      await merge(api.ask, `${path}/moving`, { metadata: { labels: { in: 'yes' } } });
      await merge(api.ask, `${path}/moving`, { data: { a: '1' } });
      await merge(api.ask, `${path}/moving`, { metadata: { labels: { in: 'no' } } });
      expect(await events(watch.lines, 3)).toEqual(['ADDED moving', 'MODIFIED moving', 'DELETED moving']);
      watch.close();
    });

    test('ends a watch when its time is up', async () => {
      const reply = await api.ask({
        method: 'GET',
        path: `${path}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dnone`,
      });
      expect(reply.status).toBe(200);
    });

    test('refuses the later of two writes that read the same state', async () => {
      await apply(api.ask, `${path}/raced`, configMap('raced', {}, { a: '1' }));
      const resourceVersion = textAt(await get(api.ask, `${path}/raced`), 'metadata', 'resourceVersion');
      const write = (value: string) =>
        merge(api.ask, `${path}/raced`, { metadata: { resourceVersion }, data: { a: value } });
      const statuses = (await Promise.all([write('2'), write('3')])).map(({ status }) => status);
      expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 409]);
    });

    test('creates once what many apply at once, as the same manager', async () => {
      const writes = Array.from({ length: 8 }, () =>
        apply(api.ask, `${path}/crowded`, configMap('crowded', {}, { a: '1' })),
      );
      const statuses = (await Promise.all(writes)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    });

    test('does not move an object that is applied again unchanged', async () => {
      const body = configMap('idle', { labels: { a: 'b' } }, { a: '1' });
      const first = await apply(api.ask, `${path}/idle`, body);
      const second = await apply(api.ask, `${path}/idle`, body);
      expect(second.body).toEqual(first.body);
    });

    test('pages through a list of many without loss or repetition', async () => {
      const names = Array.from({ length: 23 }, (_, index) => `paged-${String(index).padStart(2, '0')}`);
      await Promise.all(names.map((one) => post(api.ask, path, configMap(one, { labels: { paged: 'yes' } }))));
      const seen: string[] = [];
      let next = '';
      do {
        const page = await get(api.ask, `${path}?limit=5&labelSelector=paged${next === '' ? '' : `&continue=${next}`}`);
        const { items, metadata } = Object(page.body);
        seen.push(...items.map((item: { metadata: { name: string } }) => item.metadata.name));
        next = metadata.continue ?? '';
      } while (next !== '');
      expect(seen).toEqual(names);
    });

    test('makes the default service account anew when it is deleted', async () => {
      const account = path.replace(/configmaps$/, 'serviceaccounts/default');
      const before = textAt(await get(api.ask, account), 'metadata', 'uid');
      await remove(api.ask, account);
      const after = await until(
        api.ask,
        account,
        (reply) => textAt(reply, 'metadata', 'uid') !== before && reply.status === 200,
      );
      expect(after.status).toBe(200);
    });
  });
};
