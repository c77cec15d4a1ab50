import { randomUUID } from 'node:crypto';
import type { Request } from '../http.ts';
import type { KeysOf } from '../signed-token.ts';
import type { ArmContent, StoredIdentity } from './arm/content.ts';
import { assertionFault } from './assertion.ts';
import { type Bearer, bearerOf, type Principal } from './principal.ts';
import type { Quirks } from './quirks.ts';
import type { Result } from './refusal.ts';
import { lifetime, type Tokens } from './tokens.ts';

/** What the login works with. */
export interface Login {
  readonly tenant: string;
  readonly tokens: Tokens;
  /** The application with this id in the tenant; undefined if there is none. */
  principal(clientId: string): Principal | undefined;
  /** Where the managed identities are. */
  readonly arm: ArmContent;
  readonly keysOf: KeysOf;
  readonly quirks: Quirks;
}

/** Answers a request to the login host: discovery, and tokens for client credentials by both versions of the endpoint. */
export const answerLogin = async (
  login: Login,
  origin: string,
  { method, path, query, body }: Request,
): Promise<Result> => {
  const [, tenant = '', ...rest] = path.split('/');
  switch (`${method} ${rest.join('/')}`) {
    case 'GET discovery/instance':
      return { status: 200, json: instanceOf(origin, query) };
    case 'GET v2.0/.well-known/openid-configuration':
    case 'GET .well-known/openid-configuration':
      return tenant === login.tenant ? { status: 200, json: configurationOf(origin, tenant) } : noTenant(tenant);
    case 'POST oauth2/v2.0/token':
    case 'POST oauth2/token':
      return tenant === login.tenant ? issue(login, new URLSearchParams(body), rest) : noTenant(tenant);
    default:
      return { status: 404 };
  }
};

const issue = async (login: Login, form: URLSearchParams, [, version]: readonly string[]): Promise<Result> => {
  if (form.get('grant_type') !== 'client_credentials') {
    return refused(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
  }
  const found = await logIn(login, form);
  if ('refusal' in found) return found.refusal;
  const resource = version === 'v2.0' ? resourceIn(form.get('scope') ?? '') : (form.get('resource') ?? '');
  if (resource === '') return refused(400, 'invalid_scope', 70011, 'The provided value for scope is not valid.');
  const times = { expires_in: lifetime, ext_expires_in: lifetime };
  return {
    status: 200,
    json: {
      token_type: 'Bearer',
      ...(version === 'v2.0' ? times : asTexts({ ...times, ...firstVersionTimes() })),
      ...(version === 'v2.0' ? {} : { resource }),
      access_token: login.tokens.issue({ bearer: found.bearer, resource }),
    },
  };
};

type LoggedIn = { readonly bearer: Bearer } | { readonly refusal: Result };

/** An application has a secret, a managed identity has none: it takes tokens of those that it trusts. */
const logIn = async (login: Login, form: URLSearchParams): Promise<LoggedIn> => {
  const clientId = form.get('client_id') ?? '';
  const assertion = form.get('client_assertion');
  const application = login.principal(clientId);
  const identity = Object.values(login.arm.identities).find((one) => one.clientId === clientId);
  if (application !== undefined) return byApplication(application, assertion, form.get('client_secret'));
  if (identity !== undefined) return byIdentity(login, identity, assertion);
  const text = `Application with identifier '${clientId}' was not found in the directory '${login.tenant}'.`;
  return { refusal: refused(400, 'unauthorized_client', 700016, text) };
};

const byApplication = (application: Principal, assertion: string | null, secret: string | null): LoggedIn => {
  const { clientId, clientSecret } = application;
  if (assertion !== null) {
    const text = 'No matching federated identity record found: the application has no federated credentials.';
    return { refusal: refused(401, 'invalid_client', 70025, text) };
  }
  if (secret === clientSecret) return { bearer: bearerOf(application) };
  const text = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`;
  return { refusal: refused(401, 'invalid_client', 7000215, text) };
};

const byIdentity = async (login: Login, identity: StoredIdentity, assertion: string | null): Promise<LoggedIn> => {
  const { clientId, principalId: objectId } = identity;
  if (assertion === null) {
    const text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
    return { refusal: refused(401, 'invalid_client', 7000218, text) };
  }
  const fault = await assertionFault(identity, assertion, login);
  if (fault === undefined) return { bearer: { is: 'managed-identity', objectId, clientId } };
  // Seen on the wire: 70021 is an invalid_request, the newer and more exact codes are an invalid_client.
  const [status, error] = fault.code === 70021 ? [400, 'invalid_request'] : [401, 'invalid_client'];
  return { refusal: refused(status, error, fault.code, fault.text) };
};

// The first version of the endpoint answers numbers as text.
const asTexts = (numbers: Readonly<Record<string, number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));

const firstVersionTimes = () => {
  const now = Math.floor(Date.now() / 1000);
  return { expires_on: now + lifetime, not_before: now };
};

// An API by its address, or by the id of its application.
const resourceIn = (scope: string): string =>
  /(?:^| )(https:\/\/[^ ]+?|[-0-9a-f]{36})\/+\.default(?: |$)/.exec(scope)?.[1] ?? '';

const noTenant = (tenant: string): Result =>
  refused(
    400,
    'invalid_tenant',
    90002,
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
  );

const refused = (status: number, error: string, code: number, text: string): Result => {
  const [trace, correlation] = [randomUUID(), randomUUID()];
  const timestamp = new Date().toISOString().replace('T', ' ').replace(/\.\d+/, '');
  return {
    status,
    json: {
      error,
      error_description: `AADSTS${code}: ${text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
  };
};

const configurationOf = (origin: string, tenant: string) => ({
  token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
  token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
  jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
  response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
  subject_types_supported: ['pairwise'],
  id_token_signing_alg_values_supported: ['RS256'],
  issuer: `${origin}/${tenant}/v2.0`,
  authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
  device_authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/devicecode`,
  end_session_endpoint: `${origin}/${tenant}/oauth2/v2.0/logout`,
});

const instanceOf = (origin: string, query: URLSearchParams) => {
  const endpoint = new URL(query.get('authorization_endpoint') ?? origin);
  const tenant = endpoint.pathname.split('/')[1] ?? '';
  return {
    tenant_discovery_endpoint: `${endpoint.origin}/${tenant}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [
      {
        preferred_network: 'login.microsoftonline.com',
        preferred_cache: 'login.windows.net',
        aliases: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
      },
    ],
  };
};
