import { randomUUID } from 'node:crypto';
import { type Authority, createAuthority } from '../certificates/authority.ts';
import { type Answer, type Request, serve } from '../http.ts';
import type { KeysOf } from '../signed-token.ts';
import { openDocument } from '../store.ts';
import { answerArm } from './arm/answer.ts';
import type { AksCluster, Place } from './arm/call.ts';
import { aksServer } from './arm/clusters.ts';
import { armOf, emptyContent } from './content.ts';
import { type ExistingInAzure, furnishSubscription, type Newcomers } from './existing.ts';
import { loginHosts, managementHosts, vaultDomains, vaultHostOf } from './hosts.ts';
import { answerLogin, type Login } from './login.ts';
import type { Principal } from './principal.ts';
import { type QuirkOptions, quirksOf } from './quirks.ts';
import {
  type LoggedIn,
  type LoginRequest,
  logInAs,
  type ReadRequest,
  readAs,
  readWith,
  type SecretReading,
  type Wanted,
} from './reading.ts';
import type { Result } from './refusal.ts';
import { newTokens } from './tokens.ts';
import { answerVault, challenge, type Vaults } from './vault.ts';

/** What a sandbox Azure is made from. */
export interface AzureSandboxOptions {
  /** The id of its one tenant. */
  readonly tenant: string;
  /** The id of its one subscription. */
  readonly subscription?: string;
  /** The names of the key vaults that are there from the start. */
  readonly vaults: readonly string[];
  /** Who can log in, by client id. Asked at every login. */
  readonly principal: (clientId: string) => Principal | undefined;
  /** Where its content lasts; without it, in memory only. */
  readonly file?: string;
  /** Default: any free port. */
  readonly port?: number;
  /** What is in the subscription before anybody comes; `issuer` is who signs the tokens that its identities take. */
  readonly existing?: ExistingInAzure & Pick<Newcomers, 'issuer' | 'roles'>;
  /** How long a deletion or a recovery takes. Default: 0; the real one takes seconds. */
  readonly settleMs?: number;
  /** The keys of the issuers that Entra can reach; default: it reaches none. */
  readonly keysOf?: KeysOf;
  /** Eventual consistency and throttling; off by default. */
  readonly quirks?: QuirkOptions;
  /** Its clusters of AKS, by `group/name` in lower case. */
  readonly clusters?: Readonly<Record<string, AksCluster>>;
  /** Signs its certificate. Default: one of its own. */
  readonly authority?: Authority;
}

/** Resource Manager, Key Vault and Entra ID on loopback: one https port that answers under the real names of their hosts. */
export interface AzureSandbox {
  readonly port: number;
  /** What its certificate is verified with. */
  readonly caPem: string;
  /** `https://NAME.vault.azure.net` by name, as clients write them. */
  readonly vaults: Readonly<Record<string, string>>;
  /** A secret as somebody who logs in gets to read it, in the process. */
  readSecret(request: ReadRequest): Promise<SecretReading>;
  /** The same in two steps. */
  logIn(request: LoginRequest): Promise<LoggedIn>;
  readWith(token: string, wanted: Wanted): SecretReading;
  /** Who comes to a cluster of AKS with this token: the id of somebody in the directory. */
  clusterUser(token: string): string | undefined;
  /** Ends it and writes what it holds. */
  stop(): Promise<void>;
}

/** Starts it; answers once it listens. */
export const startAzureSandbox = async (options: AzureSandboxOptions): Promise<AzureSandbox> => {
  const { tenant, principal, settleMs = 0, authority = createAuthority('lab sandbox: Azure') } = options;
  const document = await openDocument(options.file, emptyContent);
  for (const name of options.vaults) document.value.vaults[name.toLowerCase()] ??= {};
  const tokens = newTokens(tenant);
  const changed = () => document.changed();
  const arm = armOf(document.value);
  const { subscription = someSubscription, keysOf = async () => undefined } = options;
  if (options.existing !== undefined) {
    const { issuer, roles } = options.existing;
    furnishSubscription(arm, document.value.vaults, options.existing, { tenant, subscription, issuer, roles });
  }
  const quirks = quirksOf(options.quirks);
  const rights = { arm, subscription, quirks };
  const vaults: Vaults = { content: document.value, tenant, tokens, rights, settleMs, changed };
  const login: Login = { tenant, tokens, principal, arm, keysOf, quirks };
  const { clusters = {} } = options;
  const place: Place = {
    clusters,
    arm,
    subscription,
    tenant,
    secrets: document.value.vaults,
    quirks,
    settleMs,
    changed,
  };
  const names = [...loginHosts, ...managementHosts, ...vaultDomains.map((domain) => `*.${domain}`)];
  const { certificate, key } = authority.issue({ commonName: 'lab sandbox', use: { kind: 'server', names } });
  const server = await serve({
    tls: { cert: certificate, key },
    ...(options.port === undefined ? {} : { port: options.port }),
    handle: (request) => answer(vaults, login, place, request),
  });
  return {
    port: server.port,
    caPem: authority.certificate,
    vaults: Object.fromEntries(options.vaults.map((name) => [name, `https://${name.toLowerCase()}.vault.azure.net`])),
    readSecret: (request) => readAs(vaults, login, request),
    logIn: (request) => logInAs(login, request),
    readWith: (token, wanted) => readWith(vaults, token, wanted),
    clusterUser: (token) => {
      const grant = tokens.grantOf(token);
      return grant?.resource === aksServer ? grant.bearer.objectId : undefined;
    },
    stop: async () => {
      await server.close();
      await document.close();
    },
  };
};

/** Where nobody says which. */
const someSubscription = '00000000-0000-4000-8000-000000000001';

const answer = async (vaults: Vaults, login: Login, place: Place, request: Request): Promise<Answer> => {
  const host = (request.headers['host'] ?? '').toLowerCase().replace(/:\d+$/, '');
  if (loginHosts.includes(host)) return toAnswer(await answerLogin(login, `https://${host}`, request), request, {});
  if (managementHosts.includes(host)) {
    const { headers = {}, ...result } = answerArm(place, login.tokens, `https://${host}`, request);
    return toAnswer(result, request, headers);
  }
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
