import { onTestFinished } from 'vitest';
import { type AzureClient, type ClientOptions, createClient } from '../../../src/providers/azure/client.ts';
import { openLogin } from '../../../src/providers/azure/login/login.ts';
import { openWire } from '../../../src/providers/azure/wire.ts';
import { createAuthority } from '../../../src/sandbox/certificates/authority.ts';
import { type Answer, type Request, serve } from '../../../src/sandbox/http.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { noPorts } from '../../support/no-ports.ts';
import { tenant, vault } from './sandbox.ts';

/** What the vault does next; `hang` never answers. */
export type Reply = Answer | 'hang';

/** How a stub differs from a vault that works. */
export interface StubOptions {
  /** Answers calls that carry a token, but for the one that opens the session. */
  readonly reply?: (call: Request, index: number) => Reply;
  readonly opening?: () => Reply;
  readonly login?: (index: number) => Reply;
  readonly challenge?: string;
}

const token = { token_type: 'Bearer', expires_in: 3599, access_token: 'the-access-token' };
const empty: Answer = { status: 200, json: { value: [], nextLink: null } };
const wellKnown = `Bearer authorization="https://login.microsoftonline.com/${tenant}", resource="https://vault.azure.net"`;

/** Key Vault and login on one port, for answers that are hard to get from real ones. */
export const stubVault = async (options: StubOptions = {}) => {
  const { reply = () => empty, opening = () => empty, login = () => ({ status: 200, json: token }) } = options;
  const calls: Request[] = [];
  const challenged: Request[] = [];
  const logins: Request[] = [];
  const answer = (request: Request): Reply => {
    if (request.headers['host']?.startsWith('login.')) return login(logins.push(request) - 1);
    if (request.headers['authorization'] === undefined) {
      challenged.push(request);
      return { status: 401, headers: { 'www-authenticate': options.challenge ?? wellKnown }, json: {} };
    }
    if (request.path === '/secrets') return opening();
    return reply(request, calls.push(request) - 1);
  };
  const authority = createAuthority('stub authority');
  const names = ['login.microsoftonline.com', '*.vault.azure.net'];
  const { certificate, key } = authority.issue({ commonName: 'stub', use: { kind: 'server', names } });
  const server = await serve({
    tls: { cert: certificate, key },
    handle: async (request) => {
      const next = answer(request);
      return next === 'hang' ? new Promise(() => undefined) : next;
    },
  });
  onTestFinished(() => server.close());
  return { calls, challenged, logins, loopback: { port: server.port, ca: authority.certificate } };
};

/** A client of a stub, which waits for nothing between tries. */
export const clientOf = (
  { loopback }: { loopback: { port: number; ca: string } },
  more: Partial<ClientOptions> & { timeoutMs?: number; env?: Record<string, string> } = {},
): AzureClient => {
  const { signal = new AbortController().signal, timeoutMs = 5_000, env = {}, pauses = [0, 0] } = more;
  const config = {
    tenant,
    loopback,
    credential: {
      type: 'service-principal',
      clientId: 'the-client-id',
      clientSecret: { from: 'env', name: 'SECRET' },
    },
  } as const;
  const wire = openWire({ loopback, env, signal, timeoutMs });
  onTestFinished(() => wire.close());
  const resolve = async () => secret('the-client-secret');
  const login = openLogin({ config, wire, resolve, signal, pauses });
  return createClient({
    config,
    wire,
    login,
    readOnly: false,
    ports: noPorts,
    stopping: signal,
    ...more,
    signal,
    pauses,
  });
};

/** The stub's only vault, as a client sees it. */
export const secretsOf = (...given: Parameters<typeof clientOf>) => clientOf(...given).vault(vault);
