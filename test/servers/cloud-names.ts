import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';

/** Hosts that end so are answered by the loopback server on this port. */
export type Route = { suffix: string; port: number };

/** Test clouds under the clouds' own names, for clients that honour HTTPS_PROXY: no root, no hosts file, no custom endpoint. */
export type CloudNames = {
  /** What a client's environment needs. */
  environment: Readonly<Record<string, string>>;
  /** Hosts that somebody wanted and that no route leads to; they were refused. */
  strangers: readonly string[];
  /** Those of `unknown` that somebody wanted. */
  missed: readonly string[];
  stop: () => Promise<void>;
};

/** Starts the proxy. `authorities`: PEM texts of those that sign the servers' certificates; clients trust them and no others. */
export async function startCloudNames(options: {
  dir: string;
  routes: readonly Route[];
  /** Hosts that do not resolve, whatever the routes say. */
  unknown?: readonly string[];
  authorities: readonly string[];
}): Promise<CloudNames> {
  const bundle = join(options.dir, 'authorities.pem');
  await mkdir(options.dir, { recursive: true });
  await writeFile(bundle, options.authorities.join('\n'));
  const strangers: string[] = [];
  const missed: string[] = [];
  const open = new Set<Socket>();
  const proxy = createServer((_, response) => response.writeHead(405).end());
  proxy.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  proxy.on('connect', (request, client: Socket, head: Buffer) => {
    const host = (request.url ?? '').replace(/:443$/, '');
    const isUnknown = options.unknown?.includes(host) === true;
    const route = isUnknown ? undefined : options.routes.find(({ suffix }) => host.endsWith(suffix));
    if (route === undefined) {
      (isUnknown ? missed : strangers).push(host);
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const server = connect(route.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      server.write(head);
      server.pipe(client).pipe(server);
    });
    server.on('error', () => client.destroy());
    client.on('error', () => server.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    environment: {
      HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy.address())}`,
      NO_PROXY: '127.0.0.1,localhost',
      SSL_CERT_FILE: bundle,
    },
    strangers,
    missed,
    stop: async () => {
      for (const socket of open) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

const portOf = (address: string | AddressInfo | null): number => {
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return address.port;
};
