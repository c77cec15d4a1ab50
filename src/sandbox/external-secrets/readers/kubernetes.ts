import { elementsOf, type Json, type JsonMap, membersOf, textOf } from '../../kubernetes/json.ts';
import { explaining, fail, failAbsent } from '../failure.ts';
import { goJson, rawAt, rawMembers, textOfRaw } from '../json-text.ts';
import { type ApiAnswer, callApi } from './api-call.ts';
import type { ReaderContext, StoreProvider, StoreReader } from './reader.ts';
import { authorityOf, namespaceOf, secretKey } from './references.ts';

/** Secrets of a namespace, read over the API with the rights of a service account or a token. */
export const kubernetes: StoreProvider = {
  capabilities: 'ReadWrite',
  open: async (block, context) => {
    // Whose rights are to be used is only known once an ExternalSecret asks.
    if (context.namespace === '' && isReferent(block)) return unchecked;
    const namespace = textOf(block['remoteNamespace']) ?? 'default';
    const call = await explaining('failed to prepare auth: ', () => authorise(block, context));
    const ask = async (name: string): Promise<ApiAnswer> => {
      const answer = await call('GET', `/api/v1/namespaces/${namespace}/secrets/${encodeURIComponent(name)}`);
      return typeof answer === 'string' ? fail(answer) : answer;
    };
    return {
      validate: () => mayRead(call, namespace),
      read: async ({ key, property }) => {
        const data = dataIn(await ask(key));
        if (property === '') return Buffer.from(goJson(textsOf(data), false));
        return propertyOf(data, property) ?? fail(`property ${property} does not exist in data of secret "${key}"`);
      },
      readAll: async ({ key, property }) => {
        const answer = await ask(key);
        if (answer.status === 404) return failAbsent();
        const data = dataIn(answer);
        if (property === '')
          return new Map(Object.entries(data).map(([name, value]) => [name, bytesOf(value)] as const));
        const members = rawMembers(bytesOf(data[property]).toString('utf8'));
        if (members === undefined) return fail(`property ${property} does not exist in key ${key}`);
        // The operator hands on the JSON of each member, quotes included.
        return new Map([...members].map(([name, raw]) => [name, Buffer.from(raw)] as const));
      },
    };
  },
};

const unchecked: StoreReader = {
  validate: async () => undefined,
  read: async () => fail('a namespace is needed to read with'),
};

type Call = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<ApiAnswer | string>;

const isReferent = (block: JsonMap): boolean => {
  const { serviceAccount, token } = membersOf(block['auth']);
  const references = [serviceAccount, membersOf(token)['bearerToken']].filter((reference) => reference !== undefined);
  return references.some((reference) => membersOf(reference)['namespace'] === undefined);
};

// Addresses under which a cluster is known to its own pods.
const ownAddress = /^(https:\/\/)?kubernetes(\.default(\.svc(\.cluster\.local)?)?)?(:443)?\/?$/;

const authorise = async (block: JsonMap, context: ReaderContext): Promise<Call> => {
  if (block['auth'] === undefined) return fail('no auth provider given');
  const server = membersOf(block['server']);
  const written = textOf(server['url']) ?? 'kubernetes.default';
  const authority = await authorityOf(server, context);
  const token = await bearerOf(membersOf(block['auth']), context);
  const base = ownAddress.test(written) ? context.cluster.url : written.replace(/\/$/, '');
  return async (method, path, body) => {
    if (base !== context.cluster.url) return `${method} "${written}${path}": the sandbox dials no other cluster`;
    return callApi({
      method,
      url: `${base}${path}`,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body }),
      ...(authority === undefined ? {} : { authority }),
    });
  };
};

const bearerOf = async (auth: JsonMap, context: ReaderContext): Promise<string> => {
  const { token, serviceAccount } = auth;
  if (token !== undefined) {
    return explaining('could not fetch Auth.Token.BearerToken: ', () =>
      secretKey(membersOf(token)['bearerToken'], context),
    );
  }
  if (serviceAccount === undefined) return fail('no auth provider given');
  const name = textOf(membersOf(serviceAccount)['name']) ?? '';
  const account = { namespace: namespaceOf(serviceAccount, context), name };
  const audiences = elementsOf(membersOf(serviceAccount)['audiences']).flatMap((one) => textOf(one) ?? []);
  const missing = JSON.stringify(`serviceaccounts "${name}" not found`);
  return (
    context.cluster.requestToken(account, audiences) ??
    fail(`could not fetch Auth.ServiceAccount: cannot create service account token: ${missing}`)
  );
};

const mayRead = async (call: Call, namespace: string): Promise<void> => {
  const review = await call('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace },
  });
  const doubt = 'could not verify if client is valid: ';
  if (typeof review === 'string') return fail(doubt + review, { kind: 'unknown' });
  if (review.status >= 300) return fail(doubt + messageOf(review), { kind: 'unknown' });
  const rules = elementsOf(membersOf(membersOf(review.body)['status'])['resourceRules']);
  if (!rules.some(allowsSecrets)) fail('client is not allowed to get secrets');
};

const holds = (list: Json | undefined, word: string): boolean =>
  elementsOf(list).some((one) => one === word || one === '*');

const allowsSecrets = (rule: Json): boolean => {
  const { resources, verbs, apiGroups } = membersOf(rule);
  return (
    holds(resources, 'secrets') && holds(verbs, 'get') && (elementsOf(apiGroups).length === 0 || holds(apiGroups, ''))
  );
};

const messageOf = ({ status, body }: ApiAnswer): string => textOf(membersOf(body)['message']) ?? `answered ${status}`;

const dataIn = (answer: ApiAnswer): JsonMap => {
  if (answer.status !== 200) return fail(messageOf(answer));
  return membersOf(membersOf(answer.body)['data']);
};

const bytesOf = (value: Json | undefined): Buffer => Buffer.from(textOf(value) ?? '', 'base64');

const textsOf = (data: JsonMap): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, bytesOf(value).toString('utf8')]));

/** A key of that very name, else a path into the JSON at the key before the first dot. */
const propertyOf = (data: JsonMap, property: string): Uint8Array | undefined => {
  if (data[property] !== undefined) return bytesOf(data[property]);
  const dot = property.indexOf('.');
  const whole = dot > 0 ? data[property.slice(0, dot)] : undefined;
  if (whole === undefined || dot === property.length - 1) return undefined;
  const raw = rawAt(bytesOf(whole).toString('utf8'), property.slice(dot + 1));
  return raw === undefined ? undefined : Buffer.from(textOfRaw(raw));
};
