import type { Request } from '../http.ts';
import { mayDo, type Rights } from './access.ts';
import { entryOf } from './arm/content.ts';
import type { Call } from './call.ts';
import type { Content } from './content.ts';
import { deleteSecret, getDeleted, listDeleted, purgeDeleted, recoverDeleted } from './deleted-secrets.ts';
import type { VaultHost } from './hosts.ts';
import { type Action, clientIdOf } from './principal.ts';
import { badParameter, forbidden, noSuchVault, notAllowed, type Result, unauthorized } from './refusal.ts';
import { getSecret, listSecrets, listVersions, setSecret, updateSecret } from './secrets.ts';
import type { Tokens } from './tokens.ts';

/** What the vaults work with. */
export interface Vaults {
  readonly content: Content;
  readonly tenant: string;
  readonly tokens: Tokens;
  readonly rights: Rights;
  /** How long a deletion or a recovery takes, in milliseconds. */
  readonly settleMs: number;
  changed(): void;
}

interface Operation {
  readonly method: string;
  /** Its groups are name and version. */
  readonly path: RegExp;
  readonly action: Action;
  readonly run: (call: Call) => Result;
}

const operations: readonly Operation[] = [
  { method: 'GET', path: /^\/secrets$/, action: 'readMetadata/action', run: listSecrets },
  { method: 'PUT', path: /^\/secrets\/([^/]+)$/, action: 'setSecret/action', run: setSecret },
  { method: 'DELETE', path: /^\/secrets\/([^/]+)$/, action: 'delete', run: deleteSecret },
  { method: 'GET', path: /^\/secrets\/([^/]+)\/versions$/, action: 'readMetadata/action', run: listVersions },
  { method: 'GET', path: /^\/secrets\/([^/]+)(?:\/([^/]*))?$/, action: 'getSecret/action', run: getSecret },
  { method: 'PATCH', path: /^\/secrets\/([^/]+)\/([^/]*)$/, action: 'update/action', run: updateSecret },
  { method: 'GET', path: /^\/deletedsecrets$/, action: 'readMetadata/action', run: listDeleted },
  { method: 'GET', path: /^\/deletedsecrets\/([^/]+)$/, action: 'readMetadata/action', run: getDeleted },
  { method: 'DELETE', path: /^\/deletedsecrets\/([^/]+)$/, action: 'purge/action', run: purgeDeleted },
  { method: 'POST', path: /^\/deletedsecrets\/([^/]+)\/recover$/, action: 'recover/action', run: recoverDeleted },
];

const apiVersions = ['7.0', '7.1', '7.2', '7.3', '7.4', '7.5', '7.6', '2025-07-01', '2026-04-01'];

/** Answers a request to a vault. Who calls is asked before anything else. */
export const answerVault = (vaults: Vaults, host: VaultHost, request: Request): Result => {
  const isDeleted = entryOf(vaults.rights.arm.deletedVaults, host.name) !== undefined;
  const secrets = isDeleted ? undefined : entryOf(vaults.content.vaults, host.name);
  if (secrets === undefined) return noSuchVault(`${host.name}.${host.domain}`);
  const token = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1];
  if (token === undefined) return unauthorized('AKV10000: Request is missing a Bearer or PoP token.');
  const grant = vaults.tokens.grantOf(token);
  if (grant === undefined) return unauthorized('AKV10022: Invalid token: it was not issued for this key vault.');
  if (grant.resource !== `https://${host.domain}`) {
    return unauthorized(`AKV10022: Invalid audience. Expected https://${host.domain}, found: ${grant.resource}.`);
  }
  const refusal = wrongVersion(request.query.get('api-version'));
  if (refusal !== undefined) return refusal;

  const path = decode(request.path);
  const found = path === undefined ? undefined : findOperation(request.method, path);
  if (path === undefined || found === undefined) return notAllowed(request.method);
  const [name, version] = found.params;
  if (!/^[0-9a-zA-Z-]{0,127}$/.test(name)) return badParameter(`The request URI contains an invalid name: ${name}`);
  const { action } = found.operation;
  if (!mayDo(vaults.rights, grant.bearer, { vault: host.name, secret: name, action })) {
    const caller = `appid=${clientIdOf(grant.bearer)};oid=${grant.bearer.objectId};iss=https://sts.windows.net/${vaults.tenant}/`;
    return forbidden(caller, action, host.name);
  }
  const body = parse(request.body);
  if (!body.ok) return badParameter('The request body is not valid JSON.');
  return found.operation.run({
    secrets,
    origin: `https://${host.name}.${host.domain}`,
    path,
    query: request.query,
    params: [name, version],
    body: body.value,
    now: Date.now(),
    settleMs: vaults.settleMs,
    changed: () => vaults.changed(),
  });
};

/** The challenge that goes with a 401: where to get a token, and for what. */
export const challenge = (tenant: string, { domain }: VaultHost): string =>
  `Bearer authorization="https://login.microsoftonline.com/${tenant}", resource="https://${domain}"`;

const wrongVersion = (version: string | null): Result | undefined => {
  if (version === null) return badParameter('api-version must be specified');
  if (apiVersions.includes(version)) return undefined;
  const newest = apiVersions.at(-1);
  return badParameter(
    `The specified version (${version}) is not recognized. Consider using the latest supported version (${newest}).`,
  );
};

const findOperation = (
  method: string,
  path: string,
): { operation: Operation; params: readonly [string, string] } | undefined => {
  for (const operation of operations) {
    const [whole, name = '', version = ''] = operation.method === method ? (operation.path.exec(path) ?? []) : [];
    if (whole !== undefined) return { operation, params: [name, version] };
  }
  return undefined;
};

const decode = (path: string): string | undefined => {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
};

const parse = (body: string): { ok: true; value: unknown } | { ok: false } => {
  try {
    return { ok: true, value: body === '' ? undefined : JSON.parse(body) };
  } catch {
    return { ok: false };
  }
};
