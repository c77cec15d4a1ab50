import { apply, configMap, makeNamespace, merge, namespacePath, post, put } from '../api.ts';
import type { Scenario } from '../transcript.ts';

/** Who owns which field after applies and edits, and who is refused. */
export const ownership: Scenario = async (ask, place, look) => {
  await makeNamespace(look, place);
  const path = `${namespacePath(place)}/configmaps/shared`;
  const shared = (metadata: object, data?: Readonly<Record<string, unknown>>) => configMap('shared', metadata, data);
  const ours = shared({ labels: { l: '1' }, annotations: { x: 'y' } }, { k: '1', k2: '2' });
  await apply(ask, path, ours);
  await apply(ask, path, ours);
  await apply(ask, path, shared({ labels: { l: '2' } }, { k: '9', k2: '2' }), 'other');
  await apply(ask, path, shared({}, { k2: '2' }), 'other');
  await apply(ask, path, shared({}, { k2: '2', k3: '3' }), 'other');
  await merge(ask, path, { data: { k: 'edited' } });
  await apply(ask, path, shared({ labels: { l: '1' } }, { k: '1' }));
  await apply(ask, path, shared({ labels: { l: '1' } }, { k: 'edited' }));
  await merge(ask, path, { data: { k2: 'edited too', k4: '4' } }, 'third');
  await apply(ask, path, shared({}, { k: '1', k2: '1', k3: '1', k4: '1' }));
  await apply(ask, path, shared({}, { k: '1', k2: '1', k3: '1', k4: '1' }), 'lab', '&force=true');
  await merge(ask, path, { data: { k: null } }, 'third');
  await apply(ask, path, shared({}, { k: '5' }), 'lab', '&dryRun=All');
  await apply(ask, path, shared({}));
  await apply(ask, path, shared({}, {}));
  await merge(ask, path, { data: { l: 'x' } }, 'lab');
  await put(ask, path, { ...shared({ managedFields: [{}] }), data: { a: '1' } });
  await merge(ask, path, { data: { b: '2' } });
  await apply(ask, path, shared({}, { a: '1' }));
  await apply(ask, path, shared({}, { a: '2' }));
};

/** What server-side apply does not take. */
export const refusedApplies: Scenario = async (ask, place, look) => {
  await makeNamespace(look, place);
  const collection = `${namespacePath(place)}/configmaps`;
  const path = `${collection}/x`;
  const body = (more: object) => ({ ...configMap('x'), ...more });
  await ask({ method: 'PATCH', path, body: configMap('x'), contentType: 'application/apply-patch+yaml' });
  await apply(ask, path, body({ data: { a: true } }));
  await apply(ask, path, body({ data: { a: { b: 'x', c: 1 } } }));
  await apply(ask, path, body({ data: { a: ['x', 1] } }));
  await apply(ask, path, body({ data: 'x' }));
  await apply(ask, path, body({ data: ['x'] }));
  // One fault a request: of several, the real server names some, in the order of a Go map.
  await apply(ask, path, body({ data: { a: 1 } }));
  await apply(ask, path, body({ foo: 1 }));
  await apply(ask, path, body({ immutable: 'x' }));
  await apply(ask, path, configMap('x', { finalizers: ['a/b', 'a/b'] }));
  await apply(ask, path, configMap('x', { ownerReferences: [{ name: 'x' }] }));
  await apply(ask, path, configMap('x', { ownerReferences: [{ uid: 'x' }, { uid: 'x' }] }));
  await apply(ask, path, configMap('x', { uid: 'abc' }));
  await apply(ask, path, configMap('y'));
  await apply(ask, path, { ...configMap('x'), metadata: {} });
  await apply(ask, path, configMap('x', { namespace: 'elsewhere' }));
  await apply(ask, path, body({ apiVersion: 'v2' }));
  await apply(ask, path, body({ kind: 'Secret' }));
  await apply(ask, path, configMap('x', { managedFields: [] }));
  await apply(ask, path, 'nonsense');
  await apply(ask, path, configMap('x', {}, { a: 'b' }), 'lab', '&dryRun=All');
  await apply(ask, path, configMap('x', { resourceVersion: '1' }, { k: null, l: 'x' }));
  await apply(ask, path, configMap('x', { resourceVersion: '1' }, { l: 'x' }));
  await apply(ask, path, configMap('x', { uid: 'abc' }, { l: 'x' }));
  await apply(ask, path, configMap('x', { uid: 'abc', resourceVersion: '1' }, { l: 'x' }));
  await apply(ask, `${collection}/yaml`, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {a: b}\n');
  await ask({ method: 'PATCH', path: `${path}?force=true`, body: {}, contentType: 'application/merge-patch+json' });
  await post(ask, `${collection}?fieldManager=a%0Ab`, configMap('manager'));
};
