import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Finds `count` free loopback ports in a row. They lie below the range from which systems take ports for outgoing
 * connections (32768 and up on Linux), so no client can take one before the server that it is meant for binds it.
 */
export async function freePorts(count: number): Promise<number[]> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const first = randomInt(15_000, 32_000);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return ports;
  }
  throw new Error(`found no ${count} free ports in a row between 15000 and 32000 on 127.0.0.1`);
}

/** Fails when one of the ports is taken: else the answers of its present owner would pass for the new server's. */
export async function requireFree(ports: readonly number[]): Promise<void> {
  for (const port of ports) if (!(await isFree(port))) throw new Error(`port ${port} on 127.0.0.1 is taken`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
