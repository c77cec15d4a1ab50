import { apply, configMap, get, makeNamespace, merge, namespacePath, post, put, remove } from '../api.ts';
import type { Scenario } from '../transcript.ts';

/** Creating, reading, replacing, patching and deleting, and every refusal on the way. */
export const objects: Scenario = async (ask, place, look) => {
  await makeNamespace(look, place);
  const path = `${namespacePath(place)}/configmaps`;
  const nowhere = `${namespacePath('no-such-namespace')}/configmaps`;
  const plain = configMap('plain', { namespace: place }, { a: 'b' });

  await get(ask, `${path}/none`);
  await get(ask, nowhere);
  await post(ask, nowhere, plain);
  await post(ask, nowhere, configMap('plain'));
  await apply(ask, `${nowhere}/plain`, configMap('plain'));
  await merge(ask, `${path}/none`, { data: { a: 'b' } });
  await put(ask, `${path}/none`, configMap('none'));
  await remove(ask, `${path}/none`);

  await post(ask, path, plain);
  await post(ask, path, plain);
  await post(ask, path, configMap('Bad_Name'));
  await post(ask, path, { data: { a: 'b' } });
  await post(ask, path, configMap('mistyped', {}, { a: 1 }));
  await post(ask, path, configMap('bad-key', {}, { 'a b': '1' }));
  await post(ask, path, { ...configMap('surplus'), surplus: 1 });
  await ask({ method: 'POST', path: `${path}?fieldValidation=Strict`, body: { ...configMap('strict'), surplus: 1 } });
  await post(ask, path, { metadata: { name: 'unnamed-kind' } });
  await post(ask, path, configMap('given', { resourceVersion: '1' }));
  await ask({ method: 'POST', path, body: 'x', contentType: 'text/plain' });
  await ask({ method: 'POST', path: `${path}?dryRun=All`, body: configMap('dry') });
  await get(ask, `${path}/dry`);
  await post(ask, path, configMap('labels', { labels: { 'a b': 'x' } }));
  await post(ask, path, configMap('labels', { labels: { a: 'x y' } }));
  await post(ask, path, configMap('annotations', { annotations: { 'a b': 'x' } }));
  await post(ask, path, configMap('owned', { ownerReferences: [{ kind: 'ConfigMap', name: 'x', uid: 'y' }] }));

  await put(ask, `${path}/plain`, configMap('plain', { resourceVersion: '1' }));
  await put(ask, `${path}/plain`, configMap('other'));
  await put(ask, `${path}/plain`, configMap('plain', {}, { c: 'd' }));
  await put(ask, `${path}/plain`, configMap('plain', {}, { c: 'd' }));
  await merge(ask, `${path}/plain`, { data: { e: 'f' } });
  await merge(ask, `${path}/plain`, { data: { e: 'f' } });
  await merge(ask, `${path}/plain`, { metadata: { resourceVersion: '1' }, data: { e: 'g' } });
  await merge(ask, `${path}/plain`, { metadata: { name: 'other' } });
  await merge(ask, `${path}/plain`, { metadata: { uid: 'other' } });
  await merge(ask, `${path}/plain`, [1]);
  await merge(ask, `${path}/plain`, 'no json');
  await merge(ask, `${path}/plain`, { surplus: 1 });
  await merge(ask, `${path}/plain`, { metadata: { labels: {} } });
  await ask({ method: 'PATCH', path: `${path}/plain`, body: {}, contentType: 'application/unknown' });
  await ask({
    method: 'PATCH',
    path: `${path}/plain?dryRun=Some`,
    body: {},
    contentType: 'application/merge-patch+json',
  });
  await merge(ask, `${path}/plain`, { data: null });
  await merge(ask, `${path}/plain`, { data: { again: '1' } });
  await merge(ask, `${path}/plain`, { immutable: true, binaryData: { b: 'AAEC' } });
  await merge(ask, `${path}/plain`, { data: { n: 'x' } });
  await post(ask, `${path}/plain`, {});

  await remove(ask, `${path}/plain`, { preconditions: { uid: 'other' } });
  await remove(ask, `${path}/plain`, { preconditions: { resourceVersion: '1' } });
  await remove(ask, `${path}/plain`, { propagationPolicy: 'Sideways' });
  await remove(ask, `${path}/plain?dryRun=All`);
  await remove(ask, `${path}/plain`);
  await get(ask, `${path}/plain`);
};

/** Objects that are held by finalizers while they are deleted. */
export const finalizers: Scenario = async (ask, place, look) => {
  await makeNamespace(look, place);
  const path = `${namespacePath(place)}/configmaps/held`;
  await apply(ask, path, configMap('held', { finalizers: ['a.b/c', 'a.b/d'] }), 'one');
  await apply(ask, path, configMap('held', { finalizers: ['a.b/d', 'a.b/e'] }), 'two');
  await apply(ask, path, configMap('held', { finalizers: ['a.b/c'] }), 'one');
  await remove(ask, path);
  await remove(ask, path);
  await apply(ask, path, configMap('held', { labels: { x: 'y' } }), 'two');
  await apply(ask, path, configMap('held', { finalizers: ['late/one'] }), 'three');
  await merge(ask, path, { metadata: { finalizers: [] } });
  await get(ask, path);
};
