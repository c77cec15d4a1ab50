import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { UpgradeRequest } from './web-socket.ts';

/** One request, read to its end. */
export interface Request {
  readonly method: string;
  /** As it was sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** '' if there is none. */
  readonly body: string;
}

/** What goes back: a status alone, or with one form of body. `json` and `text` come with their usual content type. */
export type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string>> } & Body;

type Body =
  | { readonly json?: never; readonly text?: never; readonly stream?: never }
  | { readonly json: unknown; readonly text?: never; readonly stream?: never }
  | { readonly text: string; readonly json?: never; readonly stream?: never }
  | { readonly stream: Stream; readonly json?: never; readonly text?: never };

/** Sends a body bit by bit; the answer ends when the promise does. `gone` aborts when the client goes or the server closes. */
export type Stream = (send: (text: string) => void, gone: AbortSignal) => Promise<void>;

/** PEM texts of a serving certificate. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
}

/** What a server is and what it does. */
export interface ServeOptions {
  /** https if given, else plain http. */
  readonly tls?: ServerTls;
  /** Default: any free port. */
  readonly port?: number;
  /** What it throws is a bug of the sandbox: the client sees a 500 with the message. */
  readonly handle: (request: Request) => Promise<Answer>;
  /** Takes a connection over that a request wants for another protocol, or answers why not. Default: it is a request like others. */
  readonly upgrade?: (request: Request, connection: UpgradeRequest) => Answer | undefined;
}

/** A server on 127.0.0.1. */
export interface LoopbackServer {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Ends every connection at once. */
  close(): Promise<void>;
}

/** Starts a server that only this machine can reach; answers once it listens. */
export const serve = async ({ tls, port = 0, handle, upgrade }: ServeOptions): Promise<LoopbackServer> => {
  const listener: RequestListener = (incoming, response) => {
    respond(incoming, response, handle).catch(() => response.destroy());
  };
  const server = tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener);
  // Clients keep their connections for longer than Node's default of 5 s, and would meet a closing one.
  server.keepAliveTimeout = 120_000;
  const upgraded = new Set<Duplex>();
  if (upgrade !== undefined)
    server.on('upgrade', (incoming, socket, head) => {
      upgraded.add(socket);
      socket.on('close', () => upgraded.delete(socket));
      const request = requestOf(incoming, '');
      const answer = upgrade(request, { headers: request.headers, socket, head });
      if (answer !== undefined) socket.end(plainAnswer(answer));
    });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = portOf(server.address());
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }),
  };
};

/** An answer as text, for a connection that is no longer the server's. */
const plainAnswer = (answer: Answer): string => {
  const [contentType = 'text/plain', body] = bodyOf(answer);
  const lines = [`content-type: ${contentType}`, `content-length: ${Buffer.byteLength(body)}`, 'connection: close'];
  return `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
};

const portOf = (address: AddressInfo | string | null): number => {
  if (address === null || typeof address === 'string') throw new Error('a loopback server has no port');
  return address.port;
};

const respond = async (
  incoming: IncomingMessage,
  response: ServerResponse,
  handle: ServeOptions['handle'],
): Promise<void> => {
  const request = await readRequest(incoming);
  const answer = await handle(request).catch(
    (error: unknown): Answer => ({
      status: 500,
      text: `sandbox: ${error instanceof Error ? error.message : String(error)}`,
    }),
  );
  if (answer.stream !== undefined) return sendStream(response, answer.status, answer.headers ?? {}, answer.stream);
  const [contentType, body] = bodyOf(answer);
  response.writeHead(answer.status, {
    ...(contentType === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }),
    ...answer.headers,
  });
  response.end(body);
};

const bodyOf = (answer: Answer): [contentType: string | undefined, body: string] => {
  if (answer.text !== undefined) return ['text/plain; charset=utf-8', answer.text];
  if (answer.json !== undefined) return ['application/json', JSON.stringify(answer.json)];
  return [undefined, ''];
};

const readRequest = async (incoming: IncomingMessage): Promise<Request> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return requestOf(incoming, Buffer.concat(chunks).toString('utf8'));
};

const requestOf = (incoming: IncomingMessage, body: string): Request => {
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method: incoming.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers: Object.fromEntries(headers),
    body,
  };
};

const sendStream = async (
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  stream: Stream,
): Promise<void> => {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.writeHead(status, headers);
  response.flushHeaders();
  await stream((text) => response.write(text), gone.signal);
  response.end();
};
