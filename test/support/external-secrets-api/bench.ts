import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

/** What the suite takes out of objects and lists; it compares the parts as wholes. */
export interface Seen {
  readonly [member: string]: unknown;
  readonly kind: string;
  readonly metadata: {
    readonly [member: string]: unknown;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly managedFields: readonly SeenManager[];
  };
  readonly status?: SeenStatus;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
  /** Of a list of events. */
  readonly items: readonly {
    readonly involvedObject: { readonly name: string };
    readonly type: string;
    readonly reason: string;
    readonly message: string;
  }[];
}

interface SeenManager {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly fieldsV1: Readonly<Record<string, unknown>>;
}

interface SeenStatus {
  readonly [member: string]: unknown;
  readonly conditions?: readonly { readonly status: string }[];
  readonly syncedResourceVersion?: string;
  /** Of a TokenRequest. */
  readonly token?: string;
}

/** A cluster with an operator in it, and what its stores may read from. */
export interface OperatorUnderTest {
  /** A call of the API as administrator. */
  readonly call: (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    contentType?: string,
  ) => Promise<{ readonly status: number; readonly body: Seen }>;
  /** As a store's spec names it; its authority as PEM. */
  readonly server: { readonly url: string; readonly authority: string };
  readonly vault: { readonly address: string; readonly token: string };
}

const api = '/apis/external-secrets.io/v1';

/** What a suite does with the cluster, in a namespace of its own. */
export type Bench = ReturnType<typeof openBench>;

/** A name that no other test uses. */
export const uniqueName = (stem: string): string => `${stem}-${randomBytes(4).toString('hex')}`;

/** Asks again until the answer is as wanted; fails with the last answer when time is up. */
export const eventually = async <T>(ask: () => Promise<T>, check: (answer: T) => void): Promise<T> => {
  const end = performance.now() + 30_000;
  for (;;) {
    const answer = await ask();
    try {
      check(answer);
      return answer;
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(50);
    }
  }
};

/** Opens the bench on a namespace. */
export const openBench = (operator: () => OperatorUnderTest, namespace: string) => {
  const call: OperatorUnderTest['call'] = (...given) => operator().call(...given);
  const core = `/api/v1/namespaces/${namespace}`;
  const own = `${api}/namespaces/${namespace}`;
  const apply = async (path: string, kind: string, name: string, spec: object, metadata: object = {}) => {
    const scope = path.startsWith(own) ? { namespace } : {};
    const object = { apiVersion: 'external-secrets.io/v1', kind, metadata: { ...metadata, ...scope, name }, spec };
    const answer = await call('PATCH', `${path}/${name}?fieldManager=suite`, object, 'application/apply-patch+yaml');
    if (answer.status >= 300) throw new Error(`${kind}/${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  const bench = {
    namespace,
    call,
    /** A Secret with texts as data. */
    putSecret: async (name: string, stringData: Readonly<Record<string, string>>, metadata: object = {}) => {
      const path = `${core}/secrets`;
      return (await call('POST', path, { metadata: { ...metadata, name }, stringData })).body;
    },
    findSecret: async (name: string): Promise<Seen | undefined> => {
      const { status, body } = await call('GET', `${core}/secrets/${name}`);
      return status === 200 ? body : undefined;
    },
    secret: async (name: string): Promise<Seen> => {
      const { status, body } = await call('GET', `${core}/secrets/${name}`);
      if (status !== 200) throw new Error(`Secret ${name}: ${status}`);
      return body;
    },
    removeSecret: (name: string) => call('DELETE', `${core}/secrets/${name}`),
    patchSecret: (name: string, patch: object) =>
      call('PATCH', `${core}/secrets/${name}`, patch, 'application/merge-patch+json'),
    post: (path: string, body: object) => call('POST', `${core}/${path}`, body),

    applyStore: (name: string, provider: object, more: object = {}) =>
      apply(`${own}/secretstores`, 'SecretStore', name, { provider, ...more }),
    applyClusterStore: (name: string, provider: object, more: object = {}) =>
      apply(`${api}/clustersecretstores`, 'ClusterSecretStore', name, { provider, ...more }),
    store: async (name: string) => (await call('GET', `${own}/secretstores/${name}`)).body,
    clusterStore: async (name: string) => (await call('GET', `${api}/clustersecretstores/${name}`)).body,

    apply: (name: string, spec: object, metadata: object = {}) =>
      apply(`${own}/externalsecrets`, 'ExternalSecret', name, spec, metadata),
    externalSecret: async (name: string) => (await call('GET', `${own}/externalsecrets/${name}`)).body,
    patch: (name: string, patch: object) =>
      call('PATCH', `${own}/externalsecrets/${name}`, patch, 'application/merge-patch+json'),
    remove: (name: string) => call('DELETE', `${own}/externalsecrets/${name}`),

    /** Types, reasons and messages of what the operator said of an object. */
    events: async (name: string, place = namespace): Promise<string[]> => {
      const { body } = await call('GET', `/api/v1/namespaces/${place}/events`);
      const about = body.items.filter((event) => event.involvedObject.name === name);
      return about.map((event) => `${event.type} ${event.reason}: ${event.message}`);
    },
  };

  return {
    ...bench,
    /** Waits until the Ready condition of a SecretStore says so. */
    storeSays: (name: string, status: string, reason: string, message: string) =>
      eventually(
        () => bench.store(name),
        (store) => expect(store.status?.conditions).toEqual([condition(status, reason, message)]),
      ),
    /** Waits until the Ready condition of an ExternalSecret says so, about its present spec. */
    says: (name: string, status: string, reason: string, message: string) =>
      eventually(
        () => bench.externalSecret(name),
        (object) => expect(object.status?.conditions).toEqual([condition(status, reason, message)]),
      ),
    /** Waits until the operator has said just this of an object. */
    tells: (name: string, events: readonly string[], place = namespace) =>
      eventually(
        () => bench.events(name, place),
        (said) => expect(said).toEqual(events),
      ),
    /** Waits until the operator has said this among other things. */
    mentions: (name: string, event: string) =>
      eventually(
        () => bench.events(name),
        (said) => expect(said).toContain(event),
      ),
    /** Waits until the data of a Secret are these texts. */
    holds: (name: string, data: Readonly<Record<string, string>>) =>
      eventually(
        () => bench.findSecret(name),
        (secret) => expect(textsOf(secret)).toEqual(data),
      ),
  };
};

/** A Ready condition. */
export const condition = (status: string, reason: string, message: string) => ({
  type: 'Ready',
  status,
  reason,
  message,
  lastTransitionTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
});

/** The data of a Secret as texts. */
export const textsOf = (secret: Seen | undefined): Record<string, string> | undefined =>
  secret === undefined
    ? undefined
    : Object.fromEntries(
        Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
      );

/** One entry of `spec.data`. */
export const entry = (secretKey: string, key: string, more: object = {}) => ({
  secretKey,
  remoteRef: { key, ...more },
});
