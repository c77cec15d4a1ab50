import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { createAuthority } from '../../../src/sandbox/certificates/authority.ts';
import { sharedCluster } from '../sandbox/shared-cluster.ts';

/** One call on its way: `POST /v1/sys/init`, with its body. */
export interface Passing {
  readonly call: string;
  readonly body: string;
}

/** What becomes of a call: it passes, the line breaks before or after the server did it, or somebody else answers. */
export type Fate = 'pass' | 'cut before' | 'cut after' | { readonly status: number; readonly json: object };

/** Who looks at calls: asked before each goes on, and told what was answered before the answer goes back. */
export interface Watcher {
  before(passing: Passing): Fate | Promise<Fate>;
  after(passing: Passing, answer: { readonly status: number; readonly body: string }): void | Promise<void>;
}

/** Lets everything pass and sees nothing. */
export const nobody: Watcher = { before: () => 'pass', after: () => {} };

/** The way to both servers, watched; `watcher` may be changed while it stands. */
export interface WatchedWay {
  readonly vaultAddress: string;
  readonly kubeconfig: string;
  watcher: Watcher;
  close(): Promise<void>;
}

/** Stands before a Vault, and before the shared cluster as its administrator. */
export const watchedWay = async (vault: string): Promise<WatchedWay> => {
  const { url, authority, identity } = await sharedCluster();
  const way: { watcher: Watcher } = { watcher: nobody };
  const direct = new Agent();
  const asAdministrator = new Agent({ connect: { ca: authority, ...identity } });
  const own = createAuthority('authority of the watched way');
  const { certificate: cert, key } = own.issue({
    commonName: 'watched',
    use: { kind: 'server', names: ['127.0.0.1'] },
  });
  const servers = [
    createHttp((incoming, response) => void pass(incoming, response, way, vault, direct)),
    createHttps({ cert, key }, (incoming, response) => void pass(incoming, response, way, url, asAdministrator)),
  ];
  const [vaultPort, clusterPort] = await Promise.all(
    servers.map(async (server) => {
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const bound = server.address();
      return typeof bound === 'object' && bound !== null ? bound.port : 0;
    }),
  );
  const folder = await mkdtemp(join(tmpdir(), 'lab-watched-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const config = {
    clusters: [
      {
        name: 'watched',
        cluster: {
          server: `https://127.0.0.1:${clusterPort}`,
          'certificate-authority-data': Buffer.from(own.certificate).toString('base64'),
        },
      },
    ],
    users: [{ name: 'somebody', user: { token: 'the-watcher-comes-as-the-administrator' } }],
    contexts: [{ name: 'lab-test', context: { cluster: 'watched', user: 'somebody' } }],
  };
  await writeFile(kubeconfig, JSON.stringify(config), { mode: 0o600 });
  return {
    vaultAddress: `http://127.0.0.1:${vaultPort}`,
    kubeconfig,
    get watcher() {
      return way.watcher;
    },
    set watcher(watcher) {
      way.watcher = watcher;
    },
    close: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
      await Promise.all([direct.destroy(), asAdministrator.destroy(), rm(folder, { recursive: true, force: true })]);
    },
  };
};

const pass = async (
  incoming: IncomingMessage,
  response: ServerResponse,
  way: { readonly watcher: Watcher },
  target: string,
  dispatcher: Agent,
): Promise<void> => {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const { method = 'GET', url = '', headers } = incoming;
    const passing = { call: `${method} ${url}`, body };
    const fate = await way.watcher.before(passing);
    if (fate === 'cut before') return void incoming.socket.destroy();
    if (typeof fate === 'object') {
      response.writeHead(fate.status, { 'content-type': 'application/json' });
      return void response.end(JSON.stringify(fate.json));
    }
    const kept = ['x-vault-token', 'content-type', 'accept'].flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    const answer = await request(`${target}${url}`, {
      dispatcher,
      method,
      headers: Object.fromEntries(kept),
      body: body === '' ? null : body,
    });
    const text = await answer.body.text();
    await way.watcher.after(passing, { status: answer.statusCode, body: text });
    if (fate === 'cut after') return void incoming.socket.destroy();
    const type = answer.headers['content-type'];
    response.writeHead(answer.statusCode, typeof type === 'string' ? { 'content-type': type } : {});
    return void response.end(text);
  } catch {
    incoming.socket.destroy();
  }
};
