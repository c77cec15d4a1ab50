import { connect, createServer, type Server, type Socket } from 'node:net';

/** A loopback address that can be shut and opened: a server behind it is unreachable without losing what it holds. */
export interface TcpGate {
  readonly port: number;
  open(target: number): Promise<void>;
  shut(): Promise<void>;
  /** Opens to the server that it was open to before. */
  reopen(): Promise<void>;
  /** Runs `meanwhile` before the first plain-http request that begins with this text goes on to the server. */
  before(request: string, meanwhile: () => Promise<void>): void;
}

/** Makes a gate at a port; shut at first. */
export const tcpGate = (port: number): TcpGate => {
  let server: Server | undefined;
  let lastTarget = 0;
  const sockets = new Set<Socket>();
  let held: { request: string; meanwhile: () => Promise<void> } | undefined;
  // Requests are small and come one at a time on a connection, so each begins a chunk.
  const passOn = async (chunk: Buffer, incoming: Socket, outgoing: Socket): Promise<void> => {
    if (held !== undefined && chunk.toString('latin1').startsWith(held.request)) {
      const { meanwhile } = held;
      held = undefined;
      incoming.pause();
      await meanwhile();
      incoming.resume();
    }
    outgoing.write(chunk);
  };
  const open = (target: number) =>
    new Promise<void>((resolve, reject) => {
      lastTarget = target;
      server = createServer((incoming) => {
        const outgoing = connect(target, '127.0.0.1');
        for (const socket of [incoming, outgoing]) {
          sockets.add(socket);
          socket.on('error', () => socket.destroy());
          socket.on('close', () => sockets.delete(socket));
        }
        incoming.on('data', (chunk: Buffer) => passOn(chunk, incoming, outgoing));
        incoming.on('end', () => outgoing.end());
        outgoing.pipe(incoming);
      });
      server.on('error', reject);
      server.listen(port, '127.0.0.1', () => resolve());
    });
  return {
    port,
    open,
    reopen: () => open(lastTarget),
    before: (request, meanwhile) => {
      held = { request, meanwhile };
    },
    shut: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        if (server === undefined) return resolve();
        server.close(() => resolve());
        server = undefined;
      }),
  };
};
