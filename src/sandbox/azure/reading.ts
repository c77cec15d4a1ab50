import { z } from 'zod';
import { answerLogin, type Login } from './login.ts';
import { answerVault, type Vaults } from './vault.ts';

/** Who logs in, and with what: a secret, or a token of a cluster. */
export type LoginRequest = { readonly tenant: string; readonly clientId: string } & (
  | { readonly clientSecret: string }
  | { readonly assertion: string }
);

/** What is read. Names as in a store of External Secrets. */
export interface Wanted {
  /** `illm-k8s-lab-kv` */
  readonly vault: string;
  readonly name: string;
  /** Default: the newest. */
  readonly version?: string;
}

/** Who reads what. */
export type ReadRequest = LoginRequest & Wanted;

/** What the login or the vault said instead: status, code and text as on the wire. */
export interface Refused {
  readonly is: 'refused';
  readonly by: 'login' | 'vault';
  readonly status: number;
  readonly code: string;
  /** `ForbiddenByRbac`, of a vault. */
  readonly inner?: string;
  readonly message: string;
}

/** A token for the vaults, or why there is none. */
export type LoggedIn = { readonly is: 'token'; readonly token: string } | Refused;

/** The value, or why there is none. */
export type SecretReading = { readonly is: 'value'; readonly value: string } | Refused;

const issued = z.object({ access_token: z.string() });
const bundle = z.object({ value: z.string() });
const loginRefusal = z.object({ error: z.string(), error_description: z.string() });
const vaultRefusal = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    innererror: z.object({ code: z.string() }).optional(),
  }),
});

// A vault has one content, whatever cloud's domain it is asked under.
const domain = 'vault.azure.net';

/** Logs in and reads, through the same code that answers on the wire. */
export const readAs = async (vaults: Vaults, login: Login, request: ReadRequest): Promise<SecretReading> => {
  const loggedIn = await logInAs(login, request);
  return loggedIn.is === 'token' ? readWith(vaults, loggedIn.token, request) : loggedIn;
};

/** Reads with a token. */
export const readWith = (vaults: Vaults, token: string, { vault, name, version }: Wanted): SecretReading => {
  const host = { name: vault.toLowerCase(), domain };
  const found = answerVault(vaults, host, {
    method: 'GET',
    path: `/secrets/${encodeURIComponent(name)}/${encodeURIComponent(version ?? '')}`,
    query: new URLSearchParams({ 'api-version': '7.6' }),
    headers: { authorization: `Bearer ${token}` },
    body: '',
  });
  const read = bundle.safeParse(found.json);
  if (read.success) return { is: 'value', value: read.data.value };
  const { code = '', message = '', innererror } = vaultRefusal.safeParse(found.json).data?.error ?? {};
  const inner = innererror === undefined ? {} : { inner: innererror.code };
  return { is: 'refused', by: 'vault', status: found.status, code, ...inner, message };
};

/** Gets a token for the vaults. */
export const logInAs = async (login: Login, request: LoginRequest): Promise<LoggedIn> => {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: request.clientId,
    scope: `https://${domain}/.default`,
    ...('assertion' in request
      ? { client_assertion: request.assertion, client_assertion_type: assertionType }
      : { client_secret: request.clientSecret }),
  });
  const answer = await answerLogin(login, 'https://login.microsoftonline.com', {
    method: 'POST',
    path: `/${request.tenant}/oauth2/v2.0/token`,
    query: new URLSearchParams(),
    headers: {},
    body: form.toString(),
  });
  const granted = issued.safeParse(answer.json);
  if (granted.success) return { is: 'token', token: granted.data.access_token };
  const { error = '', error_description: message = '' } = loginRefusal.safeParse(answer.json).data ?? {};
  return { is: 'refused', by: 'login', status: answer.status, code: error, message };
};

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
