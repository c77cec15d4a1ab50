import { Agent } from 'node:https';
import type { SecretClientOptions } from '@azure/keyvault-secrets';
import { LabError } from '../../errors.ts';
import type { AzureConfig } from './config.ts';

type Policies = NonNullable<SecretClientOptions['additionalPolicies']>;

/** What SDK clients are given, so that all of them send over our connections and by our rules. */
export interface Wire {
  /** Options of a client that talks to one host and to no other. */
  optionsFor(rules: WireRules): WireOptions;
  /** The body of the answer that refused a request of theirs; '' if there is none. */
  refusalOf(request: object | undefined): string;
  close(): void;
}

/** The part of an SDK client's options that is ours. */
export interface WireOptions {
  readonly agent: Agent;
  readonly retryOptions: { readonly maxRetries: 0 };
  readonly redirectOptions: { readonly maxRetries: 0 };
  readonly additionalPolicies: Policies;
}

/** What holds for every request of a client. */
export interface WireRules {
  readonly host: string;
  /** Refuses everything but GET. */
  readonly readOnly: boolean;
  /** Told of every answer and of every failure to get one. */
  readonly seen?: (exchange: { readonly status: number } | { readonly error: unknown }) => void;
}

/** What openWire() needs. */
export interface WireSetup {
  readonly loopback: AzureConfig['loopback'];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

// What persists nothing though it is no GET: the address of a cluster, and who its API server trusts.
const harmless = [/^[^?]*\/managedClusters\/[^/?]+\/listClusterUserCredential(\?|$)/];

/** Opens the keep-alive pool; dials nothing yet. */
export const openWire = ({ loopback, env, signal, timeoutMs = 30_000 }: WireSetup): Wire => {
  const agent = loopback === undefined ? openAgent(env) : loopbackAgent(loopback);
  const refusals = new WeakMap<object, string>();
  const policy = ({ host, readOnly, seen }: WireRules): Policies[number]['policy'] => ({
    name: 'lab',
    sendRequest: async (request, next) => {
      refuseOtherHost(request.url, host);
      if (readOnly && request.method !== 'GET' && !harmless.some((path) => path.test(request.url))) {
        throw new LabError('GUARD', `${request.method} to ${host} was refused: plan and drift never write to Azure`);
      }
      // Here and not in the options of a call, because the further pages of a list are asked for without those.
      request.abortSignal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      try {
        const response = await next(request);
        seen?.(response);
        if (response.status >= 300) refusals.set(request, response.bodyAsText ?? '');
        return response;
      } catch (error) {
        seen?.({ error });
        throw error;
      }
    },
  });
  return {
    optionsFor: (rules) => ({
      agent,
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
      additionalPolicies: [{ policy: policy(rules), position: 'perRetry' }],
    }),
    refusalOf: (request) => (request === undefined ? '' : (refusals.get(request) ?? '')),
    close: () => agent.destroy(),
  };
};

// rejectUnauthorized is said outright, so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off.
const strict = { keepAlive: true, maxSockets: 32, rejectUnauthorized: true } as const;

const openAgent = (env: WireSetup['env']): Agent => new Agent({ ...strict, proxyEnv: proxySettings(env) });

/** Keeps names and certificates as they are in the world, and connects to the sandbox. */
const loopbackAgent = ({ port, ca }: NonNullable<AzureConfig['loopback']>): Agent => {
  const agent = new Agent({ ...strict, ca });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => connect({ ...options, host: '127.0.0.1', port }, callback);
  return agent;
};

/** The proxy that the environment names for https; for the plan's head as well. */
export const proxySettings = (env: WireSetup['env']): Record<string, string> =>
  Object.fromEntries(
    ['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'].flatMap((name) => {
      const value = env[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );

/** The links to further pages come from the server, and a token goes with whatever follows them. */
const refuseOtherHost = (url: string, host: string): void => {
  const target = new URL(url);
  if (target.protocol === 'https:' && target.host === host) return;
  throw new LabError('UNREACHABLE', `${host} sent lab on to ${target.origin}, which lab does not follow`, {
    next: 'A credential or a token is never sent to another host.',
  });
};
