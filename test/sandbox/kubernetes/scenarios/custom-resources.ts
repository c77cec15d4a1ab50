import { apply, get, makeNamespace, merge, post, put, remove, textAt, until } from '../api.ts';
import type { Scenario } from '../transcript.ts';
import { definitions, installWidgets, widgetDefinition } from './widget.ts';

/** A definition of its own from installation to removal, and its objects: defaults, pruning, validation, status. */
export const customResources: Scenario = async (ask, place, look) => {
  const group = `${place}.example.com`;
  await makeNamespace(look, place);
  await installWidgets(ask, look, group);
  await get(ask, `${definitions}/widgets.${group}`);
  await get(ask, `/apis/${group}`);
  await get(ask, `/apis/${group}/v1`);
  const path = `/apis/${group}/v1/namespaces/${place}/widgets`;
  const widget = (name: string, spec?: object, more: object = {}) => ({
    apiVersion: `${group}/v1`,
    kind: 'Widget',
    metadata: { name },
    ...(spec === undefined ? {} : { spec }),
    ...more,
  });
  await get(ask, path);
  await get(ask, `${path}/none`);
  await apply(ask, `${path}/a`, widget('a', { size: 1 }));
  await apply(ask, `${path}/a`, widget('a', { size: 1 }));
  const everything = {
    size: 2,
    optional: { y: true },
    keyed: [{ name: 'n', w: '1' }],
    set: ['a', 'b'],
    list: ['1'],
    map: { k: 'v' },
    maps: { m: { b: '1' } },
    free: { q: { r: [1], s: {} } },
    atomic: { a: '1' },
    either: 5,
  };
  await apply(ask, `${path}/a`, widget('a', everything));
  await apply(
    ask,
    `${path}/a`,
    widget('a', { size: 2, keyed: [{ name: 'o' }], set: ['c'], map: { k2: 'v' }, maps: { n: {} }, free: { z: 1 } }),
    'other',
  );
  await apply(
    ask,
    `${path}/a`,
    widget('a', {
      size: 2,
      keyed: [{ name: 'n', w: '2' }],
      list: ['1', '2'],
      atomic: { b: '1' },
      maps: { m: { b: '2' } },
    }),
    'other',
  );
  await apply(
    ask,
    `${path}/a`,
    widget('a', { size: 2, keyed: [{ name: 'x' }, { name: 'o' }, { name: 'n' }], set: ['b', 'z', 'c'] }),
  );
  await apply(ask, `${path}/a`, widget('a', { size: 2 }));
  await apply(ask, `${path}/a`, widget('a', { size: 2, unknown: 1 }));
  await apply(ask, `${path}/a`, widget('a', { size: 2, nested: { unknown: 1 } }));
  await apply(ask, `${path}/a`, widget('a', { size: '1' }));
  await post(ask, path, widget('b', { size: 2, unknown: 1, nested: { foo: 1 } }, { top: 1 }));
  await post(ask, path, widget('c', {}));
  await post(ask, path, widget('c', { size: '1' }));
  await post(
    ask,
    path,
    widget('c', { size: 11, color: 'green', name: 'b', one: {}, keyed: [{ v: '1' }], set: ['a', 'a'] }),
  );
  await post(
    ask,
    path,
    widget('c', {
      size: 0,
      name: 'aaaa',
      one: { a: '1', b: '2' },
      keyed: [{ name: '1' }, { name: '1' }],
      list: [1],
      map: { a: 1 },
    }),
  );
  await post(ask, path, widget('c'));
  await apply(ask, `${path}/c`, widget('c', { size: 1, color: null, nested: null }));
  await apply(ask, `${path}/c`, widget('c', { size: 1, color: null, nested: null }));

  await merge(ask, `${path}/a`, { status: { ready: true }, spec: { size: 3 } });
  await merge(ask, `${path}/a/status`, {
    status: { ready: true },
    spec: { size: 4 },
    metadata: { labels: { a: 'b' } },
  });
  await apply(ask, `${path}/a/status`, widget('a', undefined, { status: { ready: true } }), 'controller');
  const read = await get(ask, `${path}/a/status`);
  const whole = typeof read.body === 'object' ? { ...read.body } : {};
  await put(ask, `${path}/a/status`, {
    ...whole,
    status: { ready: false, conditions: [{ type: 'Ready', status: 'True' }] },
  });
  await put(ask, `${path}/a`, { ...whole, spec: { size: 7 } });
  const again = await get(ask, `${path}/a`);
  await put(ask, `${path}/a`, { ...(typeof again.body === 'object' ? again.body : {}), spec: { size: 7 } });
  await put(ask, `${path}/a`, widget('a', { size: 8 }));
  await merge(ask, `${path}/a`, { metadata: { labels: { x: 'y' } } });
  await get(ask, `${path}?fieldSelector=metadata.name%3Da`);
  await get(ask, `${path}?fieldSelector=spec.size%3D8`);
  await remove(ask, `${path}/b`);
  await merge(ask, `${path}/c`, { metadata: { finalizers: ['a.b/c'] } });
  await remove(ask, `${path}/c`);
  await merge(ask, `${path}/c`, { metadata: { finalizers: null } });
  await remove(ask, `${definitions}/widgets.${group}`);
  await until(look, `${definitions}/widgets.${group}`, ({ status }) => status === 404);
  await until(look, `/apis/${group}`, ({ status }) => status === 404);
  await get(ask, path);
  await get(ask, `/apis/${group}/v1`);
};

/** Definitions that are refused, and how an accepted one may change. */
export const definitionsThemselves: Scenario = async (ask, place, look) => {
  const group = `${place}.example.org`;
  const path = `${definitions}/widgets.${group}`;
  await post(ask, definitions, { ...widgetDefinition(group), metadata: { name: 'wrong' } });
  await post(ask, definitions, widgetDefinition(group, { scope: 'Nowhere' }));
  await post(ask, definitions, widgetDefinition(group, { versions: [{ name: 'v1', served: true, storage: true }] }));
  const names = {
    plural: 'widgets',
    kind: 'Gadget',
    singular: 'x',
    shortNames: ['gg'],
    listKind: 'Things',
    categories: ['all'],
  };
  await post(ask, definitions, widgetDefinition(group, { names }));
  const done = await until(look, path, ({ body }) => JSON.stringify(body).includes('InitialNamesAccepted'));
  await get(ask, path);
  await merge(ask, path, { spec: { scope: 'Cluster' } });
  await merge(ask, path, { spec: { conversion: { strategy: 'None' } } });
  await apply(ask, path, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}`, labels: { a: 'b' } },
  });
  await remove(ask, path, { preconditions: { uid: 'other' } });
  await remove(ask, path, { preconditions: { uid: textAt(done, 'metadata', 'uid') }, propagationPolicy: 'Foreground' });
};
