import type { Cluster } from '../cluster.ts';
import { isMap, type Json, type JsonMap, textOf } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { badRequest } from '../refusal.ts';
import { apiVersionOf, type ResourceType } from '../resource-type.ts';
import { isSelective, selectorOf } from './selectors.ts';
import { type Shown, showInList } from './shown.ts';

/** Answers a LIST, page by page where `limit` asks for pages. Each page shows the present state. */
export const listObjects = (
  { storage }: Cluster,
  type: ResourceType,
  namespace: string,
  query: URLSearchParams,
  shown: Shown,
): JsonMap => {
  const from = query.get('continue') ?? '';
  const start = from === '' ? '' : startOf(from);
  const wanted = storage.list(type, namespace).filter(selectorOf(type, query));
  const left = wanted.filter((object) => keyOf(object) > start);
  // A list that may be old is never cut: the API server answers it from its cache.
  const limit = query.get('resourceVersion') === '0' ? 0 : Number(query.get('limit') ?? 0);
  const page = limit > 0 ? left.slice(0, limit) : left;
  const last = page.at(-1);
  const more = left.length - page.length;
  const next = last === undefined || more === 0 ? undefined : tokenOf(storage.version(), keyOf(last));
  const version = { resourceVersion: String(storage.version()) };
  return {
    kind: shown === 'metadata' ? 'PartialObjectMetadataList' : type.listKind,
    apiVersion: shown === 'metadata' ? 'meta.k8s.io/v1' : apiVersionOf(type),
    metadata: {
      ...version,
      ...(next === undefined ? (type.custom ? { continue: '' } : {}) : { continue: next }),
      ...(next === undefined || isSelective(query) ? {} : { remainingItemCount: more }),
    },
    items: page.map((object) => showInList(type, object, shown)),
  };
};

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

const tokenOf = (version: number, start: string): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start })).toString('base64url');

const startOf = (token: string): string => {
  const content = parsed(Buffer.from(token, 'base64url').toString());
  const start = isMap(content) ? textOf(content['start']) : undefined;
  return start ?? badRequest('invalid continue token: continue key is not valid');
};

const parsed = (text: string): Json => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
