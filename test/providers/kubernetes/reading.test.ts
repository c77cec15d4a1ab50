import { afterEach, describe, expect, test } from 'vitest';
import { openDiscovery } from '../../../src/providers/kubernetes/objects/discovery.ts';
import { listAll } from '../../../src/providers/kubernetes/objects/objects.ts';
import { openTransport } from '../../../src/providers/kubernetes/wire/transport.ts';
import { type FakeApi, fakeApi, type Scripted, type Seen } from './fake-api.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

const start = async (script: (request: Seen, n: number) => Scripted) => {
  const api: FakeApi = await fakeApi(script);
  const transport = openTransport(api.access, true, new AbortController().signal);
  opened.push(transport, api);
  return { api, wire: { send: transport.send, discovery: openDiscovery(transport.send) } };
};

const item = (name: string) => ({ metadata: { name } });
const page = (names: readonly string[], next?: string): Scripted => ({
  status: 200,
  body: { metadata: next === undefined ? {} : { continue: next }, items: names.map(item) },
});

describe('a list', () => {
  test('is read to its last page', async () => {
    const pages = [page(['a', 'b'], 'to/ken'), page(['c'])];
    const { api, wire } = await start((_, n) => pages[n] ?? page([]));
    const items = await listAll(wire, '/api/v1/configmaps');
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
    expect(api.seen.map(({ url }) => url)).toEqual([
      '/api/v1/configmaps?limit=500',
      '/api/v1/configmaps?limit=500&continue=to%2Fken',
    ]);
  });

  test('that expires while it is read starts again in one piece', async () => {
    const answers = [page(['a'], 'next'), { status: 410, body: { reason: 'Expired' } }, page(['a', 'b'])];
    const { wire } = await start((_, n) => answers[n] ?? page([]));
    const items = await listAll(wire, '/api/v1/configmaps');
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  });
});

describe('discovery', () => {
  const group = { preferredVersion: { version: 'v1' }, versions: [{ version: 'v1beta1' }, { version: 'v1' }] };
  const resources = (...names: string[]) => ({
    resources: names.map((name) => ({ name, kind: 'Widget', namespaced: true, verbs: ['get'] })),
  });

  test('puts the preferred version first and leaves subresources out', async () => {
    const { wire } = await start(({ url }) => ({
      status: 200,
      body: url === '/apis/x.example' ? group : resources('widgets', 'widgets/status'),
    }));
    const found = await wire.discovery.versionsOf('x.example', 'Widget');
    expect(found.map(({ version, plural }) => [version, plural])).toEqual([
      ['v1', 'widgets'],
      ['v1beta1', 'widgets'],
    ]);
  });

  test('asks once a group for many, and once more for all that miss something', async () => {
    const { api, wire } = await start(() => ({ status: 200, body: { ...group, ...resources('widgets') } }));
    const ask = (kind: string) =>
      Promise.all(Array.from({ length: 20 }, () => wire.discovery.versionsOf('x.example', kind)));
    await ask('Widget');
    await ask('Widget');
    expect(api.seen).toHaveLength(3);
    const missing = await ask('Missing');
    expect(missing.flat()).toEqual([]);
    expect(api.seen).toHaveLength(6);
  });

  test('finds a type that was installed after the first look', async () => {
    let installed = false;
    const { wire } = await start(() =>
      installed ? { status: 200, body: { ...group, ...resources('widgets') } } : { status: 404 },
    );
    expect(await wire.discovery.versionsOf('x.example', 'Widget')).toEqual([]);
    installed = true;
    expect(await wire.discovery.versionsOf('x.example', 'Widget')).toHaveLength(2);
  });
});
