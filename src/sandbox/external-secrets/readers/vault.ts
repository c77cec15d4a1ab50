import { elementsOf, type Json, type JsonMap, membersOf, textOf } from '../../kubernetes/json.ts';
import { explaining, fail, failAbsent } from '../failure.ts';
import { goJson, rawAt, textOfRaw } from '../json-text.ts';
import type { RemoteRef } from '../spec.ts';
import { type ApiAnswer, callApi } from './api-call.ts';
import type { ReaderContext, StoreProvider, StoreReader } from './reader.ts';
import { authorityOf, namespaceOf, secretKey } from './references.ts';

/** Which address stands for the `server` of a store; undefined for one that the sandbox does not dial. */
export type VaultAddress = (server: string) => string | undefined;

/** Secrets of a KV version 2 engine of Vault, read with the login that the store names. */
export const vault = (addressOf: VaultAddress): StoreProvider => ({
  capabilities: 'ReadWrite',
  open: async (block, context) => {
    const call = await connect(block, context, addressOf);
    if (context.namespace === '' && isReferent(block)) return unchecked;
    const token = await logIn(block, context, call);
    const read = async (ref: RemoteRef): Promise<Uint8Array> => {
      if ((textOf(block['version']) ?? 'v2') !== 'v2') return fail('the sandbox reads version v2 of KV only');
      const query = ref.version === '' ? '' : `?version=${ref.version}`;
      const answer = await call('GET', `${pathOf(textOf(block['path']), ref.key)}${query}`, token);
      if (answer.status === 404) return failAbsent();
      if (answer.status !== 200) return fail(`cannot read secret data from Vault: ${refusal(answer)}`);
      return valueOf(membersOf(membersOf(answer.body)['data'])['data'], ref.property);
    };
    return {
      validate: async () => {
        const answer = await call('GET', 'auth/token/lookup-self', token);
        if (answer.status !== 200) fail(`invalid vault credentials: ${refusal(answer)}`);
      },
      read,
      close: async () => {
        const isOwn = membersOf(block['auth'])['kubernetes'] !== undefined;
        if (isOwn) await call('PUT', 'auth/token/revoke-self', token);
      },
    };
  },
  // The login lasts: Vault ends what a token asked for together with the token.
  generate: async (block, context, { path, parameters }) => {
    const call = await connect(block, context, addressOf);
    const token = await logIn(block, context, call);
    const at = path.split('/').map(encodeURIComponent).join('/');
    const answer = await (parameters === undefined ? call('GET', at, token) : call('PUT', at, token, parameters));
    if (answer.status !== 200) return fail(refusal(answer));
    const made = Object.entries(membersOf(membersOf(answer.body)['data']));
    return new Map(made.map(([key, value]) => [key, Buffer.from(typeof value === 'string' ? value : goJson(value))]));
  },
});

const unchecked: StoreReader = {
  validate: async () => undefined,
  read: async () => fail('a namespace is needed to log in with'),
};

interface VaultAnswer extends ApiAnswer {
  readonly method: string;
  readonly url: string;
}

type Call = (method: 'GET' | 'PUT', path: string, token: string, body?: JsonMap) => Promise<VaultAnswer>;

const connect = async (block: JsonMap, context: ReaderContext, addressOf: VaultAddress): Promise<Call> => {
  const server = (textOf(block['server']) ?? '').replace(/\/$/, '');
  const address = addressOf(server);
  const authority = await authorityOf(block, context);
  return async (method, path, token, body) => {
    const url = `${server}/v1/${path}`;
    if (address === undefined) return fail(`${method} "${url}": the sandbox knows no Vault at this address`);
    const answer = await callApi({
      method,
      url: `${address}/v1/${path}`,
      headers: token === '' ? {} : { 'x-vault-token': token },
      ...(body === undefined ? {} : { body }),
      ...(authority === undefined || address.startsWith('http:') ? {} : { authority }),
    });
    if (typeof answer === 'string') return fail(answer.replace(address, server));
    return { ...answer, method, url };
  };
};

const isReferent = (block: JsonMap): boolean => {
  const { tokenSecretRef, kubernetes } = membersOf(block['auth']);
  const { serviceAccountRef, secretRef } = membersOf(kubernetes);
  const references = [tokenSecretRef, serviceAccountRef, secretRef].filter((reference) => reference !== undefined);
  return references.some((reference) => membersOf(reference)['namespace'] === undefined);
};

const logIn = async (block: JsonMap, context: ReaderContext, call: Call): Promise<string> => {
  if (block['auth'] === undefined) return '';
  const { tokenSecretRef, kubernetes } = membersOf(block['auth']);
  if (tokenSecretRef !== undefined) return secretKey(tokenSecretRef, context);
  if (kubernetes === undefined) {
    return fail('the sandbox logs in to Vault by tokenSecretRef or kubernetes only');
  }
  const { mountPath, role } = membersOf(kubernetes);
  const jwt = jwtOf(membersOf(kubernetes), context);
  return explaining('unable to log in to auth method: unable to log in with Kubernetes auth: ', async () => {
    const answer = await call('PUT', `auth/${textOf(mountPath) ?? 'kubernetes'}/login`, '', { jwt, role: role ?? '' });
    if (answer.status !== 200) return fail(refusal(answer));
    return textOf(membersOf(membersOf(answer.body)['auth'])['client_token']) ?? '';
  });
};

const jwtOf = ({ serviceAccountRef, secretRef }: JsonMap, context: ReaderContext): string => {
  if (serviceAccountRef === undefined) return secretKey(secretRef, context, 'token');
  const name = textOf(membersOf(serviceAccountRef)['name']) ?? '';
  const account = { namespace: namespaceOf(serviceAccountRef, context), name };
  const audiences = elementsOf(membersOf(serviceAccountRef)['audiences']).flatMap((one) => textOf(one) ?? []);
  return (
    context.cluster.requestToken(account, audiences) ??
    fail(
      `cannot request Kubernetes service account token for service account "${name}": cannot get Kubernetes service account "${name}": ServiceAccount "${name}" not found`,
    )
  );
};

/** A refusal as Vault's own client words it. */
const refusal = ({ method, url, status, body }: VaultAnswer): string => {
  const errors = elementsOf(membersOf(body)['errors']).map((line) => `* ${String(textOf(line))}`);
  return `Error making API request.\n\nURL: ${method} ${url}\nCode: ${status}. Errors:\n\n${errors.join('\n')}`;
};

/** The key below the mount's data, whether the key repeats the mount (and `data/`) or not. */
const pathOf = (mount: string | undefined, key: string): string =>
  dataPath(mount, key).split('/').map(encodeURIComponent).join('/');

const dataPath = (mount: string | undefined, key: string): string => {
  if (mount === undefined) {
    const [first = '', ...rest] = key.split('/');
    return key.includes('/data/') ? key : [first, 'data', ...rest].join('/');
  }
  const inner = key.startsWith(`${mount}/`) ? key.slice(mount.length + 1).replace(/^data\//, '') : key;
  return `${mount}/data/${inner}`;
};

/** The whole as JSON, a key of that very name, or a path into the JSON. */
const valueOf = (data: Json | undefined, property: string): Uint8Array => {
  if (data === null || data === undefined) return failAbsent();
  const whole = goJson(data);
  if (property === '') return Buffer.from(whole);
  const own = membersOf(data)[property];
  if (own !== undefined) return Buffer.from(typeof own === 'string' ? own : own === null ? '' : goJson(own));
  const raw = rawAt(whole, property);
  return raw === undefined
    ? fail(`cannot find secret data for key: ${JSON.stringify(property)}`)
    : Buffer.from(textOfRaw(raw));
};
