import { randomBytes } from 'node:crypto';
import { inject, onTestFinished } from 'vitest';
import type { ConnectContext, Connection } from '../../../src/engine/provider.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { noPorts } from '../../support/no-ports.ts';

/** A name that no other test of this run uses. */
export const uniqueName = (stem: string): string => `${stem}-${randomBytes(4).toString('hex')}`;

const fromEnv = (name: string) => ({ auth: 'token', token: { from: 'env', name } }) as const;

/** The connection's part of a manifest, for the shared Vault unless `address` says another. */
export const config = (address = inject('servers').vault.address) => ({
  address,
  mode: 'wait',
  plaintext: 'loopback',
  login: { plan: fromEnv('PLAN_TOKEN'), apply: fromEnv('APPLY_TOKEN') },
});

/** What connect() gets; both tokens are the shared Vault's root unless `env` says otherwise. */
export const context = (env: Readonly<Record<string, string>> = {}, readOnly = false): ConnectContext => {
  const { token } = inject('servers').vault;
  const all: Record<string, string> = { PLAN_TOKEN: token, APPLY_TOKEN: token, ...env };
  return {
    readOnly,
    ports: noPorts,
    env: all,
    resolve: async (source) => {
      const value = source.from === 'env' ? all[source.name] : undefined;
      return value === undefined ? undefined : secret(value);
    },
    signal: new AbortController().signal,
    stopping: new AbortController().signal,
  };
};

/** Connects as apply does, with the root token. */
export const connect = (): Promise<Connection> => vault.connect(config(), context());

/** Connects and closes when the running test ends. */
export const connectFor = async (given: ConnectContext = context()): Promise<Connection> => {
  const connection = await vault.connect(config(), given);
  onTestFinished(() => connection.close());
  return connection;
};

/** Somebody else at the API, with the root token. Answers the parsed body; {} for an empty one. */
export const stranger = async (method: string, path: string, body?: object, token?: string) => {
  const { vault: server } = inject('servers');
  const response = await fetch(`${server.address}/v1/${path}`, {
    method,
    headers: {
      'x-vault-token': token ?? server.token,
      'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
};

/** A token that may do what the policy text says, beside what everybody may. */
export const tokenFor = async (policy: string): Promise<string> => {
  const name = uniqueName('policy');
  await stranger('POST', `sys/policies/acl/${name}`, { policy });
  const { body } = await stranger('POST', 'auth/token/create', { policies: [name] });
  return body.auth.client_token;
};
