import type { Answer, Request } from '../../http.ts';
import type { UpgradeRequest } from '../../web-socket.ts';
import { authenticate } from '../access/authenticate.ts';
import { type Attempt, authorize } from '../access/authorize.ts';
import { type ReviewType, requestToken, reviewTypes } from '../access/reviews.ts';
import { issuerDocument, keySet, type User } from '../access/tokens.ts';
import { builtInType, type Cluster, typeAt } from '../cluster.ts';
import {
  badRequest,
  failureIn,
  forbidden,
  methodNotAllowed,
  notFound,
  refuse,
  statusOf,
  unknownResource,
} from '../refusal.ts';
import { readBody } from '../writing/decode.ts';
import { discover, isBuiltInGroup, servedPaths } from './discovery.ts';
import { forward } from './forward.ts';
import { serveCollection, serveObject } from './objects.ts';
import { managerIn } from './options.ts';
import { type Route, routeOf } from './route.ts';

type ObjectRoute = Extract<Route, { is: 'resource' }>;

/** Where on this machine a port of a pod is; undefined where nothing listens. */
export type PodPorts = (pod: { readonly namespace: string; readonly name: string }, port: number) => number | undefined;

/** Takes over a connection that is to be a forwarded port of a pod, or answers why not. */
export const handleUpgrade = (
  cluster: Cluster,
  podPorts: PodPorts,
  request: Request,
  connection: UpgradeRequest,
): Answer | undefined => {
  try {
    const user = authenticate(cluster, request);
    const route = routeOf(request.path);
    requireRight(cluster, user, route, request);
    const pod = route.is === 'path' ? undefined : podToForward(cluster, route);
    if (route.is === 'path' || pod === undefined) return nothingHere;
    requireForwarding(cluster, user, route);
    const port = Number(request.query.get('ports'));
    forward(connection, { port, local: podPorts(route, port) });
    return undefined;
  } catch (error) {
    const failure = failureIn(error);
    if (failure === undefined) throw error;
    return { status: failure.code, json: statusOf(failure) };
  }
};

/** The pod of a route that asks for a forwarded port; undefined for every other route. */
const podToForward = (cluster: Cluster, { group, plural, namespace, name, subresource }: ObjectRoute) => {
  if (group !== '' || plural !== 'pods' || subresource !== 'portforward') return undefined;
  const pod = cluster.storage.get(builtInType('Pod'), namespace, name);
  return pod ?? notFound({ group, plural, kind: 'Pod', name });
};

/** Beside the right that any GET needs, and without a reason: https://github.com/kubernetes/kubernetes/issues/133515 */
const requireForwarding = (cluster: Cluster, user: User, route: ObjectRoute): void => {
  const { group, plural: resource, subresource, namespace, name } = route;
  if (authorize(cluster, user, { verb: 'create', group, resource, subresource, namespace, name }).allowed) return;
  forbidden({ group, plural: resource, kind: resource, name }, '');
};

/** Answers any request to a cluster. `url`: where the cluster is reached. */
export const handle = (cluster: Cluster, url: string, request: Request): Answer => {
  try {
    const user = authenticate(cluster, request);
    const route = routeOf(request.path);
    requireRight(cluster, user, route, request);
    if (route.is === 'path') return servePath(cluster, url, route.path);
    return serveRoute(cluster, user, route, request);
  } catch (error) {
    const failure = failureIn(error);
    if (failure === undefined) throw error;
    return { status: failure.code, json: statusOf(failure) };
  }
};

const nothingHere: Answer = { status: 404, text: '404 page not found\n' };

const version = {
  major: '1',
  minor: '37',
  gitVersion: 'v1.37.2-lab-sandbox',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'linux/amd64',
};

const servePath = (cluster: Cluster, url: string, path: string): Answer => {
  switch (path) {
    case '/':
      return { status: 200, json: { paths: servedPaths(cluster) } };
    case '/healthz':
    case '/livez':
    case '/readyz':
      return { status: 200, text: 'ok' };
    case '/version':
      return { status: 200, json: version };
    case '/.well-known/openid-configuration':
      return { status: 200, json: issuerDocument(url) };
    case '/openid/v1/jwks':
      return { status: 200, headers: { 'content-type': 'application/jwk-set+json' }, json: keySet(cluster) };
    default: {
      const found = discover(cluster, path, new URL(url).host);
      return found === undefined
        ? notServed(path.split('/')[2] ?? '', path.startsWith('/api'))
        : { status: 200, json: found };
    }
  }
};

/** What nobody serves: the server's own groups say so in JSON. */
const notServed = (group: string, isApi: boolean): Answer => {
  const isOwn = isApi && (isBuiltInGroup(group) || /^v\d/.test(group));
  return isOwn ? unknownResource() : nothingHere;
};

const serveRoute = (cluster: Cluster, user: User, route: ObjectRoute, request: Request): Answer => {
  const { group, plural, namespace, name, subresource } = route;
  const review = reviewTypes.find((type) => type.group === group && type.plural === plural);
  if (review !== undefined) return serveReview(cluster, user, review, request);
  const type = typeAt(cluster, group, route.version, plural);
  const misplaced =
    type !== undefined &&
    ((!type.namespaced && namespace !== '') ||
      (type.namespaced && namespace === '' && (name !== '' || request.method !== 'GET')));
  if (type === undefined || misplaced) {
    if (type !== undefined && !type.custom && name === '' && namespace === '') return methodNotAllowed();
    return isBuiltInGroup(group) ? unknownResource() : nothingHere;
  }
  if (name === '') return serveCollection(cluster, type, namespace, request);
  if (type.kind === 'ServiceAccount' && subresource === 'token' && request.method === 'POST') {
    const question = { cluster, user, body: readBody(request, type), manager: managerOfRequest(request) };
    return { status: 201, json: requestToken(question, namespace, name) };
  }
  if (podToForward(cluster, route) !== undefined) {
    requireForwarding(cluster, user, route);
    return badRequest('Upgrade request required');
  }
  if (subresource !== '' && !(subresource === 'status' && type.hasStatus))
    return type.custom ? nothingHere : unknownResource();
  return serveObject(cluster, type, { namespace, name }, subresource, request);
};

const serveReview = (cluster: Cluster, user: User, type: ReviewType, request: Request): Answer => {
  if (request.method !== 'POST') return methodNotAllowed();
  const question = { cluster, user, body: readBody(request, type), manager: managerOfRequest(request) };
  return { status: 201, json: type.answer(question) };
};

const managerOfRequest = ({ query, headers }: Request): string =>
  managerIn(query.get('fieldManager') ?? '', headers['user-agent']);

const verbs: Readonly<Record<string, readonly [one: string, many: string]>> = {
  GET: ['get', 'list'],
  POST: ['create', 'create'],
  PUT: ['update', 'update'],
  PATCH: ['patch', 'patch'],
  DELETE: ['delete', 'deletecollection'],
};

const requireRight = (cluster: Cluster, user: User, route: Route, { method, query }: Request): void => {
  const [one, many] = verbs[method] ?? [method.toLowerCase(), method.toLowerCase()];
  if (route.is === 'path') {
    if (authorize(cluster, user, { verb: one, path: route.path }).allowed) return;
    const message = `forbidden: User "${user.name}" cannot ${one} path "${route.path}"`;
    refuse({ code: 403, reason: 'Forbidden', message, details: {} });
    return;
  }
  const { group, plural, name, subresource } = route;
  const isWatch = ['true', '1'].includes(query.get('watch') ?? '');
  // A namespace lives in itself, as far as rights go.
  const namespace = group === '' && plural === 'namespaces' ? name : route.namespace;
  const verb = name === '' ? (isWatch ? 'watch' : many) : one;
  const attempt: Attempt = { verb, group, resource: plural, subresource, namespace, name };
  if (authorize(cluster, user, attempt).allowed) return;
  const resource = subresource === '' ? plural : `${plural}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  forbidden(
    { group, plural, kind: plural, name },
    `User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`,
  );
};
