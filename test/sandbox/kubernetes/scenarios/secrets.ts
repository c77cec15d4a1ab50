import { apply, get, makeNamespace, merge, namespacePath, post, remove } from '../api.ts';
import type { Scenario } from '../transcript.ts';

/** Secrets: stringData, types and the keys that they need, immutability, metadata without data. */
export const secrets: Scenario = async (ask, place, look) => {
  await makeNamespace(look, place);
  const path = `${namespacePath(place)}/secrets`;
  const secret = (name: string, more: object) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, ...more });
  await post(ask, path, secret('a', { stringData: { u: 'v' }, data: { u: 'eA==', w: 'eA==' } }));
  await post(ask, path, secret('b', { data: { u: 'not base64!' } }));
  await post(ask, path, secret('b', { data: { u: 'eA' } }));
  await apply(ask, `${path}/c`, secret('c', { data: { u: 'not base64!' } }));
  await apply(ask, `${path}/c`, secret('c', { stringData: { u: 'v' } }));
  await apply(ask, `${path}/c`, secret('c', { stringData: { u: 'v' } }));
  await apply(ask, `${path}/c`, secret('c', { stringData: { u: 'w', x: '1' } }));
  await apply(ask, `${path}/c`, secret('c', { data: { u: 'dw==' } }));
  await merge(ask, `${path}/c`, { type: 'kubernetes.io/tls' });
  await merge(ask, `${path}/c`, { stringData: { m: 'n' } });
  await post(ask, path, secret('d', { type: 'kubernetes.io/tls', data: { 'tls.crt': 'eA==' } }));
  await post(ask, path, secret('d', { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'eA==' } }));
  await post(ask, path, secret('d', { type: 'kubernetes.io/basic-auth', data: {} }));
  await post(ask, path, secret('d', { type: 'kubernetes.io/service-account-token' }));
  await apply(ask, `${path}/e`, secret('e', { type: 'x', data: { u: 'dw==' } }));
  await merge(ask, `${path}/e`, { type: 'y' });
  await merge(ask, `${path}/e`, { immutable: true });
  await merge(ask, `${path}/e`, { data: { u: 'eA==' } });
  await merge(ask, `${path}/e`, { metadata: { labels: { a: 'b' } } });
  await get(ask, `${path}?fieldSelector=type%3Dx`);
  await ask({
    method: 'GET',
    path: `${path}/e`,
    accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  });
  await ask({ method: 'GET', path, accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' });
  await remove(ask, `${path}/a`);
  await remove(ask, path);
};
