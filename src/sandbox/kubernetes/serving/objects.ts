import type { Answer, Request } from '../../http.ts';
import { invalid } from '../causes.ts';
import type { Cluster } from '../cluster.ts';
import { badRequest, conflict, methodNotAllowed, notFound, refuseInvalid } from '../refusal.ts';
import type { ResourceType } from '../resource-type.ts';
import { createObject } from '../writing/create.ts';
import { decodeObject, readBody } from '../writing/decode.ts';
import { named, type Place } from '../writing/manner.ts';
import { removeObject } from '../writing/remove.ts';
import { updateObject } from '../writing/update.ts';
import { listObjects } from './list.ts';
import { mannerOf, removalOf } from './options.ts';
import { patchObject } from './patch.ts';
import { selectorOf } from './selectors.ts';
import { show, shownAs } from './shown.ts';
import { watchObjects } from './watch.ts';

/** Answers a request about a collection of objects; `namespace`: '' for all. */
export const serveCollection = (cluster: Cluster, type: ResourceType, namespace: string, request: Request): Answer => {
  const { method, query } = request;
  const shown = shownAs(request.headers['accept'] ?? '');
  const isWhere = type.namespaced === (namespace !== '');
  switch (method) {
    case 'GET':
      if (['true', '1'].includes(query.get('watch') ?? '')) {
        const headers = { 'content-type': 'application/json', 'cache-control': 'no-cache, private' };
        return { status: 200, headers, stream: watchObjects(cluster, type, namespace, query, shown) };
      }
      return { status: 200, json: listObjects(cluster, type, namespace, query, shown) };
    case 'POST': {
      if (!isWhere) return methodNotAllowed();
      const manner = mannerOf(request, 'Create');
      const object = decodeObject(type, readBody(request, type), query.get('fieldValidation') === 'Strict');
      return { status: 201, json: show(type, createObject(cluster, type, namespace, { object }, manner), shown) };
    }
    case 'DELETE': {
      if (!isWhere || type.kind === 'Namespace') return methodNotAllowed();
      const removal = removalOf(removalBody(request, type), query);
      const answer = listObjects(cluster, type, namespace, query, shown);
      const isWanted = selectorOf(type, query);
      for (const { metadata } of cluster.storage.list(type, namespace).filter(isWanted)) {
        removeObject(cluster, type, { namespace, name: metadata.name }, removal);
      }
      return { status: 200, json: answer };
    }
    default:
      return methodNotAllowed();
  }
};

/** Answers a request about one object, or about its status. */
export const serveObject = (
  cluster: Cluster,
  type: ResourceType,
  place: Place,
  subresource: string,
  request: Request,
): Answer => {
  const shown = shownAs(request.headers['accept'] ?? '');
  switch (request.method) {
    case 'GET': {
      const object = cluster.storage.get(type, place.namespace, place.name) ?? notFound(named(type, place.name));
      return { status: 200, json: show(type, object, shown) };
    }
    case 'PUT': {
      const { created, object } = replaceObject(cluster, type, place, subresource, request);
      return { status: created ? 201 : 200, json: show(type, object, shown) };
    }
    case 'PATCH':
      return patchObject(cluster, type, place, subresource, request);
    case 'DELETE':
      if (subresource !== '') return methodNotAllowed();
      return {
        status: 200,
        json: removeObject(cluster, type, place, removalOf(removalBody(request, type), request.query)),
      };
    default:
      return methodNotAllowed();
  }
};

const removalBody = (request: Request, type: ResourceType) => (request.body === '' ? {} : readBody(request, type));

const replaceObject = (cluster: Cluster, type: ResourceType, place: Place, subresource: string, request: Request) => {
  const manner = mannerOf(request, 'Update', { subresource });
  const object = decodeObject(type, readBody(request, type), request.query.get('fieldValidation') === 'Strict');
  const { name, resourceVersion = '', uid = '' } = object.metadata;
  if (name === '')
    badRequest(`the name of the object (${place.name} based on URL) was undeterminable: name must be provided`);
  if (name !== place.name)
    badRequest(`the name of the object (${name}) does not match the name on the URL (${place.name})`);
  const byVersion = type.custom || type.rules.put === 'by-version';
  if (type.rules.put === 'by-version' && cluster.storage.get(type, place.namespace, name) === undefined) {
    refuseOtherUid(type, place, uid, '');
    const { resourceVersion: _none, ...metadata } = object.metadata;
    const made = createObject(cluster, type, place.namespace, { object: { ...object, metadata } }, manner);
    return { created: true, object: made };
  }
  const replaced = updateObject(cluster, type, place, manner, (live) => {
    refuseOtherUid(type, place, uid, live.metadata.uid ?? '');
    if (byVersion && resourceVersion === '') {
      const causes = [invalid('metadata.resourceVersion', 0, 'must be specified for an update')];
      refuseInvalid({ group: type.group, kind: type.plural, name }, causes);
    }
    return { object };
  });
  return { created: false, object: replaced };
};

/** A uid in what is PUT says for which object it is meant. */
const refuseOtherUid = (type: ResourceType, { namespace, name }: Place, uid: string, live: string): void => {
  if (uid === '' || uid === live) return;
  const key = ['/registry', type.plural, namespace, name].filter((part) => part !== '').join('/');
  const said = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live}`;
  conflict(
    named(type, name),
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${said}`,
  );
};
