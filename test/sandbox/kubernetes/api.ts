import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

/** One call of a Kubernetes API. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Sent as JSON; a string as it is. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** Bearer token instead of the administrator's credentials; '' for none at all. */
  readonly token?: string;
}

/** What came back: JSON where it is JSON, else text. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: unknown;
}

/** Calls one server, as its administrator unless a token is given. */
export type Ask = (call: Call) => Promise<Reply>;

/** A Kubernetes API, real or sandbox, without anything of lab between it and the test. */
export interface Api {
  readonly ask: Ask;
  /** Lines of a watch as they come; `close` ends it. */
  watch(path: string): Promise<{ readonly lines: readonly string[]; close(): void }>;
  close(): void;
}

/** Opens the API of the one context of a kubeconfig that holds a token or a client certificate. */
export const openApi = async (kubeconfig: string): Promise<Api> => {
  const { clusters, users } = JSON.parse(await readFile(kubeconfig, 'utf8'));
  const [{ cluster }, { user }] = [clusters[0], users[0]];
  const pem = (holder: Record<string, string>, field: string) => {
    const text = holder[field];
    return text === undefined ? undefined : Buffer.from(text, 'base64');
  };
  const ca = pem(cluster, 'certificate-authority-data');
  const pair = { cert: pem(user, 'client-certificate-data'), key: pem(user, 'client-key-data') };
  const administrator = new Agent({ keepAlive: true, ca, ...pair });
  const others = new Agent({ keepAlive: true, ca });

  const send = ({ method, path, body, contentType = 'application/json', accept = 'application/json', token }: Call) => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const bearer = token ?? user.token;
    const outgoing = request(new URL(path, cluster.server), {
      method,
      agent: token === undefined ? administrator : others,
      headers: {
        accept,
        'user-agent': 'tester/1.0',
        ...(text === '' ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }),
        ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
      },
    });
    outgoing.end(text);
    return outgoing;
  };

  return {
    ask: (call) =>
      new Promise((resolve, reject) => {
        const outgoing = send(call);
        outgoing.on('error', reject);
        outgoing.on('response', (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const contentType = answer.headers['content-type'] ?? '';
            const text = Buffer.concat(chunks).toString('utf8');
            const isJson = text !== '' && contentType.includes('json');
            resolve({ status: answer.statusCode ?? 0, contentType, body: isJson ? JSON.parse(text) : text });
          });
        });
      }),
    watch: (path) =>
      new Promise((resolve, reject) => {
        const outgoing = send({ method: 'GET', path });
        outgoing.on('error', reject);
        outgoing.on('response', (answer) => {
          const lines: string[] = [];
          let rest = '';
          answer.on('data', (chunk: Buffer) => {
            const parts = `${rest}${chunk.toString('utf8')}`.split('\n');
            rest = parts.pop() ?? '';
            lines.push(...parts);
          });
          answer.on('error', () => undefined);
          resolve({ lines, close: () => outgoing.destroy() });
        });
      }),
    close: () => {
      administrator.destroy();
      others.destroy();
    },
  };
};

/** Asks again until the answer is as wanted; controllers take their time on a real server. */
export const until = async (ask: Ask, path: string, isWanted: (reply: Reply) => boolean): Promise<Reply> => {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const reply = await ask({ method: 'GET', path });
    if (isWanted(reply)) return reply;
    await sleep(100);
  }
  return expect.unreachable(`${path} never became as wanted`);
};

/** Server-side apply as a field manager. `more`: further query, `&force=true`. */
export const apply = (ask: Ask, path: string, body: unknown, manager = 'lab', more = ''): Promise<Reply> =>
  ask({
    method: 'PATCH',
    path: `${path}?fieldManager=${manager}${more}`,
    body,
    contentType: 'application/apply-patch+yaml',
  });

/** JSON merge patch as a field manager. */
export const merge = (ask: Ask, path: string, body: unknown, manager = 'kubectl-edit'): Promise<Reply> =>
  ask({ method: 'PATCH', path: `${path}?fieldManager=${manager}`, body, contentType: 'application/merge-patch+json' });

/** The plain calls. */
export const get = (ask: Ask, path: string): Promise<Reply> => ask({ method: 'GET', path });
export const post = (ask: Ask, path: string, body: unknown): Promise<Reply> => ask({ method: 'POST', path, body });
export const put = (ask: Ask, path: string, body: unknown): Promise<Reply> => ask({ method: 'PUT', path, body });
export const remove = (ask: Ask, path: string, body?: unknown): Promise<Reply> =>
  ask({ method: 'DELETE', path, ...(body === undefined ? {} : { body }) });

/** What is at a place in an answer: `at(reply, 'metadata', 'uid')`. */
export const at = ({ body }: Reply, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    body,
  );

/** A text in an answer. */
export const textAt = (reply: Reply, ...path: readonly string[]): string => String(at(reply, ...path));

/** The path of a namespace. */
export const namespacePath = (name: string): string => `/api/v1/namespaces/${name}`;

/** Makes a namespace and waits for what every namespace has. */
export const makeNamespace = async (ask: Ask, name: string): Promise<void> => {
  await post(ask, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await until(ask, `${namespacePath(name)}/serviceaccounts/default`, ({ status }) => status === 200);
  await until(ask, `${namespacePath(name)}/configmaps/kube-root-ca.crt`, ({ status }) => status === 200);
};

/** A ConfigMap as it is sent. */
export const configMap = (name: string, metadata: object = {}, data?: Readonly<Record<string, unknown>>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  ...(data === undefined ? {} : { data }),
});
