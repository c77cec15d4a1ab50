import { connect, createServer, type Server, type Socket } from 'node:net';

/** A loopback address that can be shut and opened: a server behind it is unreachable without losing what it holds. */
export interface TcpGate {
  readonly port: number;
  open(target: number): Promise<void>;
  shut(): Promise<void>;
  /** Opens to the server that it was open to before. */
  reopen(): Promise<void>;
}

/** Makes a gate at a port; shut at first. */
export const tcpGate = (port: number): TcpGate => {
  let server: Server | undefined;
  let lastTarget = 0;
  const sockets = new Set<Socket>();
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
        incoming.pipe(outgoing).pipe(incoming);
      });
      server.on('error', reject);
      server.listen(port, '127.0.0.1', () => resolve());
    });
  return {
    port,
    open,
    reopen: () => open(lastTarget),
    shut: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        if (server === undefined) return resolve();
        server.close(() => resolve());
        server = undefined;
      }),
  };
};
