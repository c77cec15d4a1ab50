import type { Request } from '../../http.ts';
import type { Bearer } from '../principal.ts';
import type { Tokens } from '../tokens.ts';
import { deleteAssignment, getAssignment, listAssignments, listDefinitions, putAssignment } from './assignments.ts';
import type { ArmCall, Place, Run } from './call.ts';
import { getCluster, listUserCredential } from './clusters.ts';
import { deleteCredential, getCredential, listCredentials, putCredential } from './credentials.ts';
import { getDeletedVault, listDeletedVaults, purgeDeletedVault } from './deleted-vaults.ts';
import { deleteGroup, getGroup, listInGroup, operationResult, patchGroup, putGroup } from './groups.ts';
import { deleteIdentity, getIdentity, identityType, patchIdentity, putIdentity } from './identities.ts';
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
import { deleteVault, getVault, listVaults, patchVault, putVault, vaultType } from './vaults.ts';

interface Operation {
  readonly method: string;
  /** Below the subscription; its groups are the parameters. */
  readonly path: RegExp;
  readonly versions: readonly string[];
  /** What roles call it. */
  readonly action: string;
  readonly run: Run;
}

const verbs: Readonly<Record<string, string>> = { GET: 'read', PUT: 'write', PATCH: 'write', DELETE: 'delete' };

/** `type` stands for its action with the method's verb, unless it says its verb itself. */
const operation = (method: string, path: string, versions: readonly string[], run: Run, type: string): Operation => ({
  method,
  action: type.endsWith('/action') ? type : `${type}/${verbs[method]}`,
  path: new RegExp(`^${path.replaceAll('{}', '([^/]+)')}$`, 'i'),
  versions,
  run,
});

const resources = ['2025-04-01'];
const vaults = ['2026-02-01'];
const identities = ['2024-11-30'];
const authorization = ['2022-04-01'];
const clusters = ['2025-10-01'];

const groupType = 'Microsoft.Resources/subscriptions/resourceGroups';
const clusterType = 'Microsoft.ContainerService/managedClusters';
const assignments = 'Microsoft.Authorization/roleAssignments';

const group = '/resourceGroups/{}';
const vault = `${group}/providers/Microsoft.KeyVault/vaults/{}`;
const deletedVault = '/providers/Microsoft.KeyVault/locations/{}/deletedVaults/{}';
const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{}`;
const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/{}`;
const credential = `${identity}/federatedIdentityCredentials/{}`;

const operations: readonly Operation[] = [
  operation('GET', '', resources, (call) => subscriptionBody(call), 'Microsoft.Resources/subscriptions'),
  operation(
    'GET',
    '/operationresults/{}',
    resources,
    operationResult,
    'Microsoft.Resources/subscriptions/operationresults',
  ),
  operation('GET', group, resources, getGroup, groupType),
  operation('PUT', group, resources, putGroup, groupType),
  operation('PATCH', group, resources, patchGroup, groupType),
  operation('DELETE', group, resources, deleteGroup, groupType),
  operation('GET', `${group}/resources`, resources, listInGroup, `${groupType}/resources`),
  operation('GET', '/providers/Microsoft.KeyVault/vaults', vaults, listVaults, vaultType),
  operation('GET', vault, vaults, getVault, vaultType),
  operation('PUT', vault, vaults, putVault, vaultType),
  operation('PATCH', vault, vaults, patchVault, vaultType),
  operation('DELETE', vault, vaults, deleteVault, vaultType),
  operation(
    'GET',
    '/providers/Microsoft.KeyVault/deletedVaults',
    vaults,
    listDeletedVaults,
    'Microsoft.KeyVault/deletedVaults',
  ),
  operation('GET', deletedVault, vaults, getDeletedVault, 'Microsoft.KeyVault/locations/deletedVaults'),
  operation(
    'POST',
    `${deletedVault}/purge`,
    vaults,
    purgeDeletedVault,
    'Microsoft.KeyVault/locations/deletedVaults/purge/action',
  ),
  operation('GET', cluster, clusters, getCluster, clusterType),
  operation(
    'POST',
    `${cluster}/listClusterUserCredential`,
    clusters,
    listUserCredential,
    `${clusterType}/listClusterUserCredential/action`,
  ),
  operation('GET', identity, identities, getIdentity, identityType),
  operation('PUT', identity, identities, putIdentity, identityType),
  operation('PATCH', identity, identities, patchIdentity, identityType),
  operation('DELETE', identity, identities, deleteIdentity, identityType),
  operation(
    'GET',
    `${identity}/federatedIdentityCredentials`,
    identities,
    listCredentials,
    `${identityType}/federatedIdentityCredentials`,
  ),
  operation('GET', credential, identities, getCredential, `${identityType}/federatedIdentityCredentials`),
  operation('PUT', credential, identities, putCredential, `${identityType}/federatedIdentityCredentials`),
  operation('DELETE', credential, identities, deleteCredential, `${identityType}/federatedIdentityCredentials`),
];

// Their scope may be anything of the subscription, itself included.
const scoped: readonly Operation[] = [
  operation('GET', `(.+)/providers/${assignments}`, authorization, listAssignments, assignments),
  operation('GET', `(.+)/providers/${assignments}/{}`, authorization, getAssignment, assignments),
  operation('PUT', `(.+)/providers/${assignments}/{}`, authorization, putAssignment, assignments),
  operation('DELETE', `(.+)/providers/${assignments}/{}`, authorization, deleteAssignment, assignments),
  operation(
    'GET',
    '(.+)/providers/Microsoft.Authorization/roleDefinitions',
    authorization,
    listDefinitions,
    'Microsoft.Authorization/roleDefinitions',
  ),
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
  const { action } = found.operation;
  if (!mayDo(grant.bearer, action)) return notAuthorized(grant.bearer.objectId, action, `/subscriptions/${id}`);
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

const mayDo = (bearer: Bearer, action: string): boolean => {
  const role = bearer.is === 'application' ? (bearer.application.subscriptionRole ?? 'Owner') : 'none';
  if (typeof role === 'object') return role.actions.includes(action);
  return role === 'Owner' || (role === 'Reader' && action.endsWith('/read'));
};

const parse = (text: string): { ok: true; value: unknown } | { ok: false } => {
  try {
    return { ok: true, value: text === '' ? undefined : JSON.parse(text) };
  } catch {
    return { ok: false };
  }
};
