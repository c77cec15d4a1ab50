import {
  type KubeObject,
  keySecretType,
  type ObjectRef,
  type OwnObjects,
  ownSecretType,
} from '../../../engine/ports.ts';
import { LabError } from '../../../errors.ts';
import type { Send } from '../wire/call.ts';
import { listAll, objectIn } from './objects.ts';
import { nameOf } from './paths.ts';

// Fixed, because every cluster serves them and a state that is read often should not ask for discovery first.
const paths: Readonly<Record<string, (namespace: string) => string>> = {
  Namespace: () => '/api/v1/namespaces',
  Secret: (namespace) => `/api/v1/namespaces/${namespace}/secrets`,
  Lease: (namespace) => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
};

// Names and versions only.
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** lab's own objects of the cluster. Of Secrets only those of lab's own types are shown, replaced or removed. */
export const openOwnObjects = (send: Send): OwnObjects => {
  const get = async (ref: ObjectRef): Promise<KubeObject | undefined> => {
    const answer = await send({ method: 'GET', path: pathOf(ref), expects: [404] });
    return answer.status === 404 ? undefined : ownOnly(objectIn(answer));
  };
  return {
    get,
    list: async (namespace, labels) => {
      const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
      const query = `labelSelector=${encodeURIComponent(selector.join(','))}`;
      const items = await listAll({ send }, `${collectionOf('Secret', namespace)}?${query}`, metadataOnly);
      return items.map(({ metadata }) => metadata);
    },
    create: async (object) => {
      const { namespace = '' } = object.metadata;
      const path = collectionOf(object.kind, namespace);
      const answer = await send({ method: 'POST', path, body: object, expects: [404, 409] });
      if (answer.status === 409) return { is: 'taken' };
      return answer.status === 404 ? { is: 'homeless' } : { is: 'made', object: objectIn(answer) };
    },
    // With the uid that the object was read with, a PUT never makes a deleted one anew (Leases allow that).
    replace: async (object) => {
      const answer = await send({ method: 'PUT', path: pathOf(refOf(object)), body: object, expects: [404, 409] });
      return answer.status === 200 ? objectIn(answer) : undefined;
    },
    remove: async (ref) => {
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
      await send({ method: 'DELETE', path: pathOf(ref), body, expects: [404] });
    },
  };
};

const collectionOf = (kind: string, namespace: string): string => {
  const path = paths[kind];
  if (path === undefined) throw new TypeError(`lab keeps no state in objects of kind ${kind}`);
  return path(encodeURIComponent(namespace));
};

const pathOf = ({ kind, namespace = '', name }: ObjectRef): string =>
  `${collectionOf(kind, namespace)}/${encodeURIComponent(name)}`;

const refOf = ({ kind, metadata: { namespace = '', name } }: KubeObject): ObjectRef => ({
  group: '',
  kind,
  namespace,
  name,
});

const ownOnly = (object: KubeObject): KubeObject => {
  if (object.kind !== 'Secret' || isOwn(object['type'])) return object;
  throw new LabError('BAD_STATE', `${nameOf({ kind: 'Secret', ...object.metadata })} is not of a type of lab`, {
    next: 'Somebody else made it where lab keeps its own: move it away, or name another place in `state` or `fingerprints`.',
  });
};

const isOwn = (type: unknown): boolean => type === ownSecretType || type === keySecretType;
