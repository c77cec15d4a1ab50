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

const domain = 'vault.azure.net';
const origin = 'https://login.microsoftonline.com';

/** Logs in and reads, through the same code that answers on the wire. */
export const readAs = (vaults: Vaults, login: Login, request: ReadRequest): SecretReading => {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: request.clientId,
    client_secret: request.clientSecret,
    scope: `https://${domain}/.default`,
  });
  const path = `/${request.tenant}/oauth2/v2.0/token`;
  const token = answerLogin(login, origin, { ...blank, method: 'POST', path, body: form.toString() });
  const granted = issued.safeParse(token.json);
  if (!granted.success) {
    const said = loginRefusal.safeParse(token.json).data;
    return refused('login', token, said?.error, said?.error_description);
  }
  const found = answerVault(
    vaults,
    { name: request.vault.toLowerCase(), domain },
    {
      ...blank,
      method: 'GET',
      path: `/secrets/${encodeURIComponent(request.name)}/${encodeURIComponent(request.version ?? '')}`,
      query: new URLSearchParams({ 'api-version': '7.6' }),
      headers: { authorization: `Bearer ${granted.data.access_token}` },
    },
  );
  const read = bundle.safeParse(found.json);
  if (read.success) return { is: 'value', value: read.data.value };
  const said = vaultRefusal.safeParse(found.json).data?.error;
  return refused('vault', found, said?.code, said?.message);
};

const blank = { query: new URLSearchParams(), headers: {}, body: '' } as const;

const refused = (by: 'login' | 'vault', { status }: Result, code = '', message = ''): SecretReading => ({
  is: 'refused',
  by,
  status,
  code,
  message,
});
