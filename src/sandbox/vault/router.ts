import { approleLogin, approleLoginFields } from './approle/login.ts';
import { roleEndpoints } from './approle/roles.ts';
import { secretIdEndpoints } from './approle/secret-ids.ts';
import { auditEndpoints } from './audit/endpoints.ts';
import { ignoredWarning } from './body.ts';
import type { Content, MountEntry, Token } from './content.ts';
import { databaseEndpoints } from './database/engine.ts';
import { descriptionOf } from './description.ts';
import type { Call, Endpoint, Operation, Vault } from './endpoint.ts';
import { convertFields, type Fields, type Values } from './fields.ts';
import { aliasEndpoints } from './identity/aliases.ts';
import { groupEndpoints } from './identity/groups.ts';
import { jwtConfigEndpoints } from './jwt/config.ts';
import { jwtLogin, jwtLoginFields } from './jwt/login.ts';
import { loginPageEndpoints } from './jwt/login-page.ts';
import { jwtRoleEndpoints } from './jwt/roles.ts';
import { kubernetesEndpoints } from './kubernetes-auth/engine.ts';
import { login } from './kubernetes-auth/login.ts';
import { kvEndpoints, kvUnknownPath } from './kv/engine.ts';
import { kvVersion1Endpoints } from './kv/version-1.ts';
import { leaseEndpoints } from './leases.ts';
import { mountEndpoints } from './mounts/endpoints.ts';
import { pkiEndpoints } from './pki/engine.ts';
import { policyEndpoints } from './policy/endpoints.ts';
import { passwordPolicyEndpoints } from './policy/passwords.ts';
import { type Result, refused, together, unsupportedOperation, unsupportedPath } from './result.ts';
import { systemEndpoints } from './system.ts';
import { tokenEndpoints } from './token-paths.ts';
import { aclFor, findToken, useToken } from './tokens.ts';

/** One request below `/v1/`, once Vault is active. */
export interface VaultRequest {
  readonly method: 'read' | 'write' | 'patch' | 'delete' | 'list';
  /** Decoded; of a list with a closing slash. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The id of the token; '' if there is none. */
  readonly tokenId: string;
}

/** What came of it, and the type of the mount that said so. */
export interface Routed {
  readonly result: Result;
  readonly mountType: string;
}

const denied = refused(403, 'permission denied');
const invalidToken = refused(403, together(['permission denied', 'invalid token']));
const forbidden = refused(403, together(['permission denied']));

/** Finds the mount, holds token and policies against the path, and runs the endpoint. */
export const route = async (vault: Vault, request: VaultRequest): Promise<Routed> => {
  const { content } = vault;
  const mount = mountOf(content, request.path);
  if (request.path === descriptionPath && request.method === 'read')
    return { result: describe(content, request.tokenId), mountType: '' };
  if (/^auth\/.+\/login$/.test(request.path)) return { result: await tryLogin(vault, request, mount), mountType: '' };
  const plain = (result: Result): Routed => ({ result, mountType: mount?.entry.type ?? '' });
  if (request.tokenId === '') return plain(denied);
  const token = findToken(content, request.tokenId);
  if (token === undefined) return plain(invalidToken);
  useToken(token);
  vault.changed();

  const found = mount === undefined ? undefined : findEndpoint(mount.entry, request.path.slice(mount.path.length));
  const context = mount === undefined ? undefined : { vault, mount, params: found?.params ?? [], token };
  const exists = context === undefined ? undefined : found?.endpoint.exists({ ...context, operation: 'update' });
  const operation = operationOf(request.method, exists);
  const open = isOpen(mount, request.path, operation);
  if (!open && !isAllowed(content, token, request.path, operation)) return plain(forbidden);
  if (context === undefined) {
    return plain(refused(404, `no handler for route "${request.path}". route entry not found.`));
  }
  const inner = request.path.slice(context.mount.path.length);
  if (request.method === 'write' && found === undefined && context.mount.entry.type !== 'kv')
    return plain(unsupportedPath);
  if (found === undefined) return plain(unknownPath(context.mount.entry, inner, operation));
  const result = await runEndpoint(found.endpoint, { ...context, operation }, request.body);
  if (token.usesLeft < 0) findToken(content, token.id);
  return found.endpoint.openly ? { result, mountType: '' } : plain(result);
};

const descriptionPath = 'sys/internal/specs/openapi';

/** The API as far as a token reaches into each mount; without one it is empty. */
const describe = (content: Content, tokenId: string): Result => {
  const token = findToken(content, tokenId);
  if (token === undefined) return tokenId === '' ? descriptionOf([]) : invalidToken;
  const acl = aclFor(content, token);
  const mounts = [
    ...Object.entries(content.mounts),
    ...Object.entries(content.auth).map(([path, entry]) => [`auth/${path}`, entry] as const),
  ];
  return descriptionOf(
    mounts.flatMap(([path, entry]) => (acl.reaches(path) ? [{ path, endpoints: endpointsOf(entry) }] : [])),
  );
};

const runEndpoint = async (endpoint: Endpoint, call: Call, body: VaultRequest['body']): Promise<Result> => {
  if (!endpoint.methods.has(call.operation === 'create' ? 'update' : call.operation)) return unsupportedOperation;
  const result = await endpoint.run(call, body);
  const ignored = call.operation === 'read' || call.operation === 'list' ? [] : ignoredWarning(body, endpoint.knows);
  return withWarnings(result, ignored);
};

const withWarnings = (result: Result, more: readonly string[]): Result => {
  if (result.is !== 'data' || result.status !== 200 || more.length === 0) return result;
  return { ...result, warnings: [...(result.warnings ?? []), ...more] };
};

const mountOf = (content: Content, path: string): Call['mount'] | undefined => {
  const isAuth = path.startsWith('auth/');
  const inner = isAuth ? path.slice('auth/'.length) : path;
  const entries = Object.entries(isAuth ? content.auth : content.mounts);
  const [own, entry] = entries.find(([prefix]) => `${inner}/`.startsWith(prefix)) ?? [];
  return own === undefined || entry === undefined ? undefined : { path: isAuth ? `auth/${own}` : own, entry };
};

const findEndpoint = (
  entry: MountEntry,
  inner: string,
): { endpoint: Endpoint; params: readonly string[] } | undefined => {
  for (const endpoint of endpointsOf(entry)) {
    const matched = endpoint.pattern.exec(inner);
    if (matched !== null) return { endpoint, params: matched.slice(1).map((group) => group ?? '') };
  }
  return undefined;
};

const systemPaths = [
  ...mountEndpoints,
  ...policyEndpoints,
  ...passwordPolicyEndpoints,
  ...auditEndpoints,
  ...leaseEndpoints,
  ...systemEndpoints,
];

const approlePaths = [...roleEndpoints, ...secretIdEndpoints];

const jwtPaths = [...jwtConfigEndpoints, ...jwtRoleEndpoints, ...loginPageEndpoints];

const identityPaths = [...groupEndpoints, ...aliasEndpoints];

const endpointsOf = ({ type, options }: MountEntry): readonly Endpoint[] => {
  switch (type) {
    case 'system':
      return systemPaths;
    case 'token':
      return tokenEndpoints;
    case 'kv':
      return options?.['version'] === '2' ? kvEndpoints : kvVersion1Endpoints;
    case 'kubernetes':
      return kubernetesEndpoints;
    case 'approle':
      return approlePaths;
    case 'jwt':
    case 'oidc':
      return jwtPaths;
    case 'database':
      return databaseEndpoints;
    case 'pki':
      return pkiEndpoints;
    case 'identity':
      return identityPaths;
    default:
      return [];
  }
};

const served = [
  'system',
  'token',
  'kv',
  'database',
  'pki',
  'kubernetes',
  'approle',
  'jwt',
  'oidc',
  'identity',
  'cubbyhole',
];

const unknownPath = ({ type, options }: MountEntry, inner: string, operation: Operation): Result => {
  if (type === 'kv' && options?.['version'] === '2') return kvUnknownPath(inner, operation);
  return served.includes(type) ? unsupportedPath : refused(404, `the sandbox does not serve what lies below ${type}`);
};

const operationOf = (method: VaultRequest['method'], exists: boolean | undefined): Operation => {
  if (method !== 'write') return method;
  return exists === false ? 'create' : 'update';
};

// Paths that take the capability sudo besides the one for the operation.
const sudoPaths =
  /^(sys\/auth\/.|sys\/audit|auth\/token\/(accessors\/?|revoke-orphan)$|sys\/seal$|sys\/leases\/(lookup|revoke-prefix|revoke-force)\/)/;

const isAllowed = (content: Content, token: Token, path: string, operation: Operation): boolean => {
  const acl = aclFor(content, token);
  return acl.allows(path, operation) && (!sudoPaths.test(path) || acl.allows(path, 'sudo', operation === 'list'));
};

// What a PKI engine shows to everybody.
const openPaths = /^(issuers\/$|cert\/.)/;

const isOpen = (mount: Call['mount'] | undefined, path: string, operation: Operation): boolean =>
  mount?.entry.type === 'pki' &&
  (operation === 'read' || operation === 'list') &&
  openPaths.test(path.slice(mount.path.length));

const loginFields = { role: 'string', jwt: 'string' } as const;

const tryLogin = async (vault: Vault, request: VaultRequest, mount: Call['mount'] | undefined): Promise<Result> => {
  const type = mount?.entry.type ?? '';
  if (mount === undefined || !['kubernetes', 'approle', 'jwt', 'oidc'].includes(type)) return denied;
  if (request.method !== 'write') return refused(405, 'unsupported operation');
  switch (type) {
    case 'approle':
      return withFields(approleLoginFields, request, async (values) => approleLogin({ vault, mount }, values));
    case 'jwt':
    case 'oidc':
      return withFields(jwtLoginFields, request, async (values) => jwtLogin({ vault, mount }, values));
    default:
      return withFields(loginFields, request, ({ role = '', jwt = '' }) => login({ vault, mount }, { role, jwt }));
  }
};

const withFields = async <F extends Fields>(
  fields: F,
  { body }: VaultRequest,
  logIn: (values: Values<F>) => Promise<Result>,
): Promise<Result> => {
  const converted = convertFields(fields, body);
  if (!converted.ok) return refused(400, converted.error);
  return withWarnings(await logIn(converted.value), ignoredWarning(body, new Set(Object.keys(fields))));
};
