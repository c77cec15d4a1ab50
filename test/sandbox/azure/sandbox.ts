import { Agent, request } from 'node:https';
import { ClientSecretCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { type AzureSandbox, type AzureSandboxOptions, startAzureSandbox } from '../../../src/sandbox/azure/start.ts';

export const tenant = '7c1e0000-0000-0000-0000-000000000001';
export const clientId = '0f000000-0000-0000-0000-000000000001';
export const clientSecret = 'the-client-secret';

/** A sandbox with the vaults `myvault` and `other` and one application; ends with the test. */
export const sandbox = async (options: Partial<AzureSandboxOptions> = {}): Promise<AzureSandbox> => {
  const principal = (id: string) => (id === clientId ? { clientId, clientSecret } : undefined);
  const box = await startAzureSandbox({ tenant, vaults: ['myvault', 'other'], principal, ...options });
  onTestFinished(() => box.stop());
  return box;
};

/** An agent that leads every host to a sandbox. */
const agentFor = ({ port, caPem }: AzureSandbox): Agent => {
  const agent = new Agent({ ca: caPem });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => connect({ ...options, host: '127.0.0.1', port }, callback);
  return agent;
};

/** One request, and what came back. */
export interface Exchange {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** Sends a request as any program might; `url` with the host's real name. */
export const send = (
  box: AzureSandbox,
  method: string,
  url: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: string | undefined } = {},
): Promise<Exchange> =>
  new Promise((resolve, reject) => {
    const call = request(url, { method, headers, agent: agentFor(box) }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString('utf8');
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: text === '' ? undefined : JSON.parse(text),
      });
    });
    call.once('error', reject);
    call.end(body);
  });

/** Asks for a token; the form's fields replace those of a login that works. */
export const askToken = (box: AzureSandbox, form: Record<string, string> = {}, path = `/${tenant}/oauth2/v2.0/token`) =>
  send(box, 'POST', `https://login.microsoftonline.com${path}`, {
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'https://vault.azure.net/.default',
      ...form,
    }).toString(),
  });

/** Logs in, and answers how to call a vault with the token. */
export const caller = async (box: AzureSandbox, vault = 'myvault') => {
  const { body } = await askToken(box);
  const { access_token: token } = z.object({ access_token: z.string() }).parse(body);
  return (method: string, path: string, json?: unknown): Promise<Exchange> => {
    const joint = path.includes('?') ? '&' : '?';
    return send(box, method, `https://${vault}.vault.azure.net${path}${joint}api-version=2026-04-01`, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
  };
};

/** The unmodified SDK against a sandbox. */
export const sdk = (box: AzureSandbox, vault = 'myvault'): SecretClient => {
  const options = { agent: agentFor(box), retryOptions: { maxRetries: 0 } };
  const credential = new ClientSecretCredential(tenant, clientId, clientSecret, options);
  return new SecretClient(`https://${vault}.vault.azure.net`, credential, options);
};
