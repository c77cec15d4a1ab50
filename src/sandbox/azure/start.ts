import { randomUUID } from 'node:crypto';
import { type Authority, createAuthority } from '../certificates/authority.ts';
import { type Answer, type Request, serve } from '../http.ts';
import { openDocument } from '../store.ts';
import { emptyContent } from './content.ts';
import { loginHosts, vaultDomains, vaultHostOf } from './hosts.ts';
import { answerLogin, type Login } from './login.ts';
import type { Principal } from './principal.ts';
import { type ReadRequest, readAs, type SecretReading } from './reading.ts';
import type { Result } from './refusal.ts';
import { newTokens } from './tokens.ts';
import { answerVault, challenge, type Vaults } from './vault.ts';

/** What a sandbox Azure is made from. */
export interface AzureSandboxOptions {
  /** The id of its one tenant. */
  readonly tenant: string;
  /** The names of its key vaults; others are not there. */
  readonly vaults: readonly string[];
  /** Who can log in, by client id. Asked at every login. */
  readonly principal: (clientId: string) => Principal | undefined;
  /** Where its content lasts; without it, in memory only. */
  readonly file?: string;
  /** Default: any free port. */
  readonly port?: number;
  /** How long a deletion or a recovery takes. Default: 0; the real one takes seconds. */
  readonly settleMs?: number;
  /** Signs its certificate. Default: one of its own. */
  readonly authority?: Authority;
}

/** Key Vault and Entra ID on loopback: one https port that answers under the real names of their hosts. */
export interface AzureSandbox {
  readonly port: number;
  /** What its certificate is verified with. */
  readonly caPem: string;
  /** `https://NAME.vault.azure.net` by name, as clients write them. */
  readonly vaults: Readonly<Record<string, string>>;
  /** A secret as somebody who logs in gets to read it, in the process. */
  readSecret(request: ReadRequest): SecretReading;
  /** Ends it and writes what it holds. */
  stop(): Promise<void>;
}

/** Starts it; answers once it listens. */
export const startAzureSandbox = async (options: AzureSandboxOptions): Promise<AzureSandbox> => {
  const { tenant, principal, settleMs = 0, authority = createAuthority('lab sandbox: Azure') } = options;
  const document = await openDocument(options.file, emptyContent);
  for (const name of options.vaults) document.value.vaults[name.toLowerCase()] ??= {};
  const tokens = newTokens();
  const changed = () => document.changed();
  const vaults: Vaults = { content: document.value, tenant, tokens, settleMs, changed };
  const login: Login = { tenant, tokens, principal };
  const names = [...loginHosts, ...vaultDomains.map((domain) => `*.${domain}`)];
  const { certificate, key } = authority.issue({ commonName: 'lab sandbox', use: { kind: 'server', names } });
  const server = await serve({
    tls: { cert: certificate, key },
    ...(options.port === undefined ? {} : { port: options.port }),
    handle: async (request) => answer(vaults, login, request),
  });
  return {
    port: server.port,
    caPem: authority.certificate,
    vaults: Object.fromEntries(options.vaults.map((name) => [name, `https://${name.toLowerCase()}.vault.azure.net`])),
    readSecret: (request) => readAs(vaults, login, request),
    stop: async () => {
      await server.close();
      await document.close();
    },
  };
};

const answer = (vaults: Vaults, login: Login, request: Request): Answer => {
  const host = (request.headers['host'] ?? '').toLowerCase().replace(/:\d+$/, '');
  if (loginHosts.includes(host)) return toAnswer(answerLogin(login, `https://${host}`, request), request, {});
  const vaultHost = vaultHostOf(host);
  if (vaultHost === undefined) return { status: 404, text: `sandbox: nobody answers as ${host}\n` };
  const result = answerVault(vaults, vaultHost, request);
  return toAnswer(result, request, {
    'x-ms-keyvault-region': 'sandbox',
    'x-ms-keyvault-network-info': 'conn_type=Ipv4;addr=127.0.0.1;act_addr_fam=InterNetwork;',
    'x-ms-keyvault-service-version': '1.9.0.0',
    ...(result.status === 401 ? { 'www-authenticate': challenge(vaults.tenant, vaultHost) } : {}),
  });
};

const toAnswer = ({ status, json }: Result, request: Request, more: Readonly<Record<string, string>>): Answer => {
  const clientRequest = request.headers['x-ms-client-request-id'];
  const headers = {
    'cache-control': 'no-cache',
    pragma: 'no-cache',
    expires: '-1',
    'x-ms-request-id': randomUUID(),
    ...(clientRequest === undefined ? {} : { 'x-ms-client-request-id': clientRequest }),
    'x-content-type-options': 'nosniff',
    'strict-transport-security': 'max-age=31536000;includeSubDomains',
    ...more,
  };
  if (json === undefined) return { status, headers };
  return { status, headers: { ...headers, 'content-type': 'application/json; charset=utf-8' }, json };
};
