import { z } from 'zod';
import { answerLogin, type Login } from './login.ts';
import type { Result } from './refusal.ts';
import { answerVault, type Vaults } from './vault.ts';

/** Who reads what. Names as in a store of External Secrets. */
export interface ReadRequest {
  /** `illm-k8s-lab-kv` */
  readonly vault: string;
  readonly name: string;
  /** Default: the newest. */
  readonly version?: string;
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The value, or what the login or the vault said instead: status, code and text as on the wire. */
export type SecretReading =
  | { readonly is: 'value'; readonly value: string }
  | {
      readonly is: 'refused';
      readonly by: 'login' | 'vault';
      readonly status: number;
      readonly code: string;
      readonly message: string;
    };

const issued = z.object({ access_token: z.string() });
const bundle = z.object({ value: z.string() });
const loginRefusal = z.object({ error: z.string(), error_description: z.string() });
const vaultRefusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

// A vault has one content, whatever cloud's domain it is asked under.
const domain = 'vault.azure.net';

/** Logs in and reads, through the same code that answers on the wire. */
export const readAs = (vaults: Vaults, login: Login, request: ReadRequest): SecretReading => {
  const token = logIn(login, request);
  const granted = issued.safeParse(token.json);
  if (!granted.success) {
    const { error = '', error_description: message = '' } = loginRefusal.safeParse(token.json).data ?? {};
    return { is: 'refused', by: 'login', status: token.status, code: error, message };
  }
  const host = { name: request.vault.toLowerCase(), domain };
  const found = answerVault(vaults, host, {
    method: 'GET',
    path: `/secrets/${encodeURIComponent(request.name)}/${encodeURIComponent(request.version ?? '')}`,
    query: new URLSearchParams({ 'api-version': '7.6' }),
    headers: { authorization: `Bearer ${granted.data.access_token}` },
    body: '',
  });
  const read = bundle.safeParse(found.json);
  if (read.success) return { is: 'value', value: read.data.value };
  const { code = '', message = '' } = vaultRefusal.safeParse(found.json).data?.error ?? {};
  return { is: 'refused', by: 'vault', status: found.status, code, message };
};

const logIn = (login: Login, { tenant, clientId, clientSecret }: ReadRequest): Result => {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: `https://${domain}/.default`,
  });
  return answerLogin(login, 'https://login.microsoftonline.com', {
    method: 'POST',
    path: `/${tenant}/oauth2/v2.0/token`,
    query: new URLSearchParams(),
    headers: {},
    body: form.toString(),
  });
};
