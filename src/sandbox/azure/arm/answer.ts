import type { Request } from '../../http.ts';
import type { Bearer } from '../principal.ts';
import type { Tokens } from '../tokens.ts';
import { deleteAssignment, getAssignment, listAssignments, listDefinitions, putAssignment } from './assignments.ts';
import type { ArmCall, Place, Run } from './call.ts';
import { getCluster, listUserCredential } from './clusters.ts';
import { deleteCredential, getCredential, listCredentials, putCredential } from './credentials.ts';
import { getDeletedVault, listDeletedVaults, purgeDeletedVault } from './deleted-vaults.ts';
import { deleteGroup, getGroup, listInGroup, operationResult, patchGroup, putGroup } from './groups.ts';
import { deleteIdentity, getIdentity, patchIdentity, putIdentity } from './identities.ts';
import {
  badRequest,
  invalidVersion,
  notAuthorized,
  notFound,
  subscriptionNotFound,
  tooMany,
  unauthenticated,
} from './refusal.ts';
import type { ArmResult } from './result.ts';
import { deleteVault, getVault, listVaults, patchVault, putVault } from './vaults.ts';

interface Operation {
  readonly method: string;
  /** Below the subscription; its groups are the parameters. */
  readonly path: RegExp;
  readonly versions: readonly string[];
  readonly run: Run;
}

const operation = (method: string, path: string, versions: readonly string[], run: Run): Operation => ({
  method,
  path: new RegExp(`^${path.replaceAll('{}', '([^/]+)')}$`, 'i'),
  versions,
  run,
});

const resources = ['2025-04-01'];
const vaults = ['2026-02-01'];
const identities = ['2024-11-30'];
const authorization = ['2022-04-01'];
const clusters = ['2025-10-01'];

const group = '/resourceGroups/{}';
const vault = `${group}/providers/Microsoft.KeyVault/vaults/{}`;
const deletedVault = '/providers/Microsoft.KeyVault/locations/{}/deletedVaults/{}';
const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{}`;
const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/{}`;
const credential = `${identity}/federatedIdentityCredentials/{}`;

const operations: readonly Operation[] = [
  operation('GET', '', resources, (call) => subscriptionBody(call)),
  operation('GET', '/operationresults/{}', resources, operationResult),
  operation('GET', group, resources, getGroup),
  operation('PUT', group, resources, putGroup),
  operation('PATCH', group, resources, patchGroup),
  operation('DELETE', group, resources, deleteGroup),
  operation('GET', `${group}/resources`, resources, listInGroup),
  operation('GET', '/providers/Microsoft.KeyVault/vaults', vaults, listVaults),
  operation('GET', vault, vaults, getVault),
  operation('PUT', vault, vaults, putVault),
  operation('PATCH', vault, vaults, patchVault),
  operation('DELETE', vault, vaults, deleteVault),
  operation('GET', '/providers/Microsoft.KeyVault/deletedVaults', vaults, listDeletedVaults),
  operation('GET', deletedVault, vaults, getDeletedVault),
  operation('POST', `${deletedVault}/purge`, vaults, purgeDeletedVault),
  operation('GET', cluster, clusters, getCluster),
  operation('POST', `${cluster}/listClusterUserCredential`, clusters, listUserCredential),
  operation('GET', identity, identities, getIdentity),
  operation('PUT', identity, identities, putIdentity),
  operation('PATCH', identity, identities, patchIdentity),
  operation('DELETE', identity, identities, deleteIdentity),
  operation('GET', `${identity}/federatedIdentityCredentials`, identities, listCredentials),
  operation('GET', credential, identities, getCredential),
  operation('PUT', credential, identities, putCredential),
  operation('DELETE', credential, identities, deleteCredential),
];

const assignments = 'Microsoft.Authorization/roleAssignments';

// Their scope may be anything of the subscription, itself included.
const scoped: readonly Operation[] = [
  operation('GET', `(.+)/providers/${assignments}`, authorization, listAssignments),
  operation('GET', `(.+)/providers/${assignments}/{}`, authorization, getAssignment),
  operation('PUT', `(.+)/providers/${assignments}/{}`, authorization, putAssignment),
  operation('DELETE', `(.+)/providers/${assignments}/{}`, authorization, deleteAssignment),
  operation('GET', '(.+)/providers/Microsoft.Authorization/roleDefinitions', authorization, listDefinitions),
];

/** Answers a request to Azure Resource Manager. Who calls is asked before anything else. */
export const answerArm = (place: Place, tokens: Tokens, origin: string, request: Request): ArmResult => {
  const token = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1];
  const grant = token === undefined ? undefined : tokens.grantOf(token);
  if (grant === undefined || grant.resource.replace(/\/$/, '') !== origin) return unauthenticated();
  const wait = place.quirks.throttled();
  if (wait !== undefined) return tooMany(wait);

  const path = decodeURIComponent(request.path).replace(/\/+/g, '/');
  const [, id = '', below = ''] = /^\/subscriptions\/([^/]+)(\/.*)?$/i.exec(path) ?? [];
  if (id.toLowerCase() !== place.subscription.toLowerCase()) return subscriptionNotFound(id);
  const found = find(operations, request.method, below) ?? find(scoped, request.method, path);
  if (found === undefined) return notFound(`sandbox: nobody answers ${request.method} ${path}`);
  const version = request.query.get('api-version') ?? '';
  if (!found.operation.versions.includes(version)) return invalidVersion(version);
  if (!mayDo(grant.bearer, request.method)) {
    return notAuthorized(grant.bearer.objectId, `${request.method} ${path}`, `/subscriptions/${id}`);
  }
  const body = parse(request.body);
  if (!body.ok)
    return badRequest('InvalidRequestContent', 'The request content was invalid and could not be deserialized.');
  const { bearer } = grant;
  const { params } = found;
  return found.operation.run({
    ...place,
    bearer,
    origin,
    params,
    query: request.query,
    body: body.value,
    now: Date.now(),
  });
};

const subscriptionBody = ({ subscription, tenant }: ArmCall): ArmResult => ({
  status: 200,
  json: {
    id: `/subscriptions/${subscription}`,
    subscriptionId: subscription,
    tenantId: tenant,
    displayName: 'sandbox',
    state: 'Enabled',
  },
});

const find = (
  from: readonly Operation[],
  method: string,
  path: string,
): { operation: Operation; params: readonly string[] } | undefined => {
  for (const candidate of from) {
    const [whole, ...params] = candidate.method === method ? (candidate.path.exec(path) ?? []) : [];
    if (whole !== undefined) return { operation: candidate, params };
  }
  return undefined;
};

const mayDo = (bearer: Bearer, method: string): boolean => {
  const role = bearer.is === 'application' ? (bearer.application.subscriptionRole ?? 'Owner') : 'none';
  return role === 'Owner' || (role === 'Reader' && method === 'GET');
};

const parse = (text: string): { ok: true; value: unknown } | { ok: false } => {
  try {
    return { ok: true, value: text === '' ? undefined : JSON.parse(text) };
  } catch {
    return { ok: false };
  }
};
