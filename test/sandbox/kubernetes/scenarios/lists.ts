import { apply, configMap, get, makeNamespace, namespacePath, remove, textAt } from '../api.ts';
import type { Scenario } from '../transcript.ts';

/** Lists: selectors, pages, and what cannot be selected by. */
export const lists: Scenario = async (ask, place, look) => {
  await makeNamespace(look, place);
  const path = `${namespacePath(place)}/configmaps`;
  for (const [name, labels] of [
    ['a', { x: '1' }],
    ['b', { x: '2', y: '' }],
    ['c', {}],
  ] as const) {
    await apply(look, `${path}/${name}`, configMap(name, { labels }));
  }
  const first = await get(ask, `${path}?limit=2`);
  await get(ask, `${path}?limit=2&continue=${textAt(first, 'metadata', 'continue')}`);
  await get(ask, `${path}?limit=1&labelSelector=x`);
  await get(ask, `${path}?limit=1&resourceVersion=0`);
  for (const selector of ['x=1', 'x==2', 'x!=1', 'x', '!x', 'x in (1,2)', 'x notin (1)', 'x,y', 'y=']) {
    await get(ask, `${path}?labelSelector=${encodeURIComponent(selector)}`);
  }
  await get(ask, `${path}?labelSelector=${encodeURIComponent('x===1')}`);
  await get(ask, `${path}?fieldSelector=metadata.name%3Da`);
  await get(ask, `/api/v1/configmaps?fieldSelector=metadata.namespace%3D${place},metadata.name!%3Da`);
  await get(ask, `${path}?fieldSelector=data.x%3Da`);
  await remove(ask, `${path}?labelSelector=x`);
  await get(ask, path);
};

/** Paths that lead nowhere, and those that are no objects. */
export const paths: Scenario = async (ask, place, look) => {
  await makeNamespace(look, place);
  const namespace = namespacePath(place);
  const external = '/apis/external-secrets.io';
  const nowhere = `
    /nope /api/v2 /api/v1/nopes ${namespace}/nopes/x /api/v1/configmaps/x ${namespace}/configmaps/x/status
    /apis/nope.example /apis/apps/v9 /apis/apps/v1/deployments/x ${external}/v1beta1 ${external}/v1beta1/externalsecrets
    ${external}/v1/nopes ${external}/v1/namespaces/${place}/clustersecretstores/x`;
  for (const path of nowhere.trim().split(/\s+/)) await get(ask, path);
  await get(ask, '/apis/external-secrets.io/v1/clustersecretstores/x');
  await get(ask, namespacePath('nope'));
  await get(ask, `${namespacePath(place)}/status`);
  for (const path of ['/healthz', '/livez', '/readyz', '/api', '/apis/apps', '/apis/authorization.k8s.io/v1'])
    await get(ask, path);
  await ask({ method: 'POST', path: '/api/v1/configmaps', body: configMap('x') });
  await ask({ method: 'DELETE', path: '/api/v1/namespaces' });
  for (const path of ['/', '/healthz', '/api', '/api/v1/secrets', '/openid/v1/jwks']) {
    await ask({ method: 'GET', path, token: '' });
  }
  await ask({ method: 'GET', path: '/api', token: 'worthless' });
};
