import type { KubeObject, ObjectRef } from '../../../engine/ports.ts';
import { LabError } from '../../../errors.ts';
import { elements, members, text } from '../json.ts';
import type { Answer, Send } from '../wire/call.ts';
import { isNotFound } from '../wire/refusal.ts';
import type { Discovery, ServedType } from './discovery.ts';
import { objectPath, parseApiVersion } from './paths.ts';

/** The field manager of everything that lab applies. */
export const fieldManager = 'lab';

/** The annotation in which kubectl keeps a copy of what was applied, data of Secrets included. */
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Sends and finds: what the functions of this folder need of a client. */
export interface Wire {
  readonly send: Send;
  readonly discovery: Discovery;
  /** Ends what is only waited for. */
  readonly stopping?: AbortSignal;
}

/** One object with everything in it, for the kind that owns the data of Secrets; undefined if it is not there. */
export const getWhole = async (wire: Wire, ref: ObjectRef, version?: string): Promise<KubeObject | undefined> => {
  const path = objectPath(await servedType(wire, ref, version), ref);
  const answer = await wire.send({ method: 'GET', path, expects: [404] });
  if (isNotFound(answer)) return undefined;
  if (answer.status !== 404) return objectIn(answer);
  wire.discovery.forget(ref.group);
  throw notServed(ref, version);
};

/**
 * Server-side apply; `created` tells whether the object was not there before. `once`: not sent again if the answer is
 * lost. `takeOver`: the user said that other managers lose the fields that lab states.
 */
export const applyObject = async (
  wire: Wire,
  object: KubeObject,
  { once, takeOver = false }: { readonly once?: true; readonly takeOver?: boolean } = {},
): Promise<{ object: KubeObject; created: boolean }> => {
  const { group, version } = parseApiVersion(object.apiVersion);
  const { name, namespace } = object.metadata;
  const ref = { group, kind: object.kind, name, ...(namespace === undefined ? {} : { namespace }) };
  const path = objectPath(await servedType(wire, ref, version), ref);
  const answer = await wire.send({
    method: 'PATCH',
    path: `${path}?fieldManager=${fieldManager}&force=${takeOver}`,
    body: object,
    contentType: 'application/apply-patch+yaml',
    ...(once === undefined ? {} : { once }),
  });
  return { object: objectIn(answer), created: answer.status === 201 };
};

/** Every item of a collection, page by page; `path` may carry a query. A list that changed too much while it was read starts again, in one piece. */
export const listAll = async (
  wire: Pick<Wire, 'send'>,
  path: string,
  accept?: string,
): Promise<readonly KubeObject[]> => {
  const items: KubeObject[] = [];
  let next = '';
  do {
    const page = await listPage(wire, path, next, accept);
    if (page === undefined) return itemsOf(await wire.send({ method: 'GET', path }));
    items.push(...page.items);
    next = page.next;
  } while (next !== '');
  return items;
};

/** Part of a collection, and where the next begins: '' after the last. */
export interface Page {
  readonly items: readonly KubeObject[];
  readonly next: string;
}

/** One page of a collection; undefined if the list has changed too much since the first. */
export const listPage = async (
  { send }: Pick<Wire, 'send'>,
  path: string,
  next: string,
  accept?: string,
): Promise<Page | undefined> => {
  const query = next === '' ? 'limit=500' : `limit=500&continue=${encodeURIComponent(next)}`;
  const paged = `${path}${path.includes('?') ? '&' : '?'}${query}`;
  const page = await send({ method: 'GET', path: paged, expects: [410], ...(accept ? { accept } : {}) });
  if (page.status === 410) return undefined;
  return { items: itemsOf(page), next: text(members(members(page.body)['metadata'])['continue']) ?? '' };
};

const itemsOf = ({ body }: Answer): readonly KubeObject[] => elements(members(body)['items']).map(toObject);

/** The type that an object is to be read or written as. Throws REJECTED if the server does not serve it. */
export const servedType = async (
  { discovery }: Wire,
  ref: Pick<ObjectRef, 'group' | 'kind'>,
  version?: string,
): Promise<ServedType> => {
  const versions = await discovery.versionsOf(ref.group, ref.kind);
  const type = version === undefined ? versions[0] : versions.find((served) => served.version === version);
  if (type === undefined) throw notServed(ref, version, versions);
  return type;
};

const notServed = (
  { group, kind }: Pick<ObjectRef, 'group' | 'kind'>,
  version = '',
  served: readonly ServedType[] = [],
): LabError => {
  const wanted = [group || 'core', version, kind].filter(Boolean).join('/');
  const next = served.length === 0 ? {} : { next: `It serves ${served.map((type) => type.version).join(', ')}.` };
  return new LabError('REJECTED', `the API server does not serve ${wanted}`, next);
};

/** The object that an answer holds. */
export const objectIn = (answer: Answer): KubeObject => toObject(answer.body);

const toObject = (body: unknown): KubeObject => {
  if (isObject(body)) return body;
  throw new LabError('UNREACHABLE', 'the API server answered something that is not an object');
};

// Items of a list have no kind of their own: whoever lists them knows it.
const isObject = (body: unknown): body is KubeObject => text(members(members(body)['metadata'])['name']) !== undefined;

/** The same object; of a Secret only what is no secret. */
export const withoutSecretData = (object: KubeObject): KubeObject => {
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1') return object;
  const { data: _data, stringData: _stringData, metadata, ...rest } = object;
  const { [lastApplied]: _copy, ...annotations } = metadata.annotations ?? {};
  return { ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata: { ...metadata, annotations } };
};
