import { connect } from 'node:net';
import { acceptWebSocket, type UpgradeRequest } from '../../web-socket.ts';

/** The protocol of port-forward: one byte for the channel, two channels a port, and first of all its number. */
export const forwardProtocol = 'v4.channel.k8s.io';

const [data, errors] = [0, 1];

/** What is forwarded: a port of a pod, and where on this machine it is; undefined where nothing listens. */
export interface Forwarded {
  readonly port: number;
  readonly local: number | undefined;
}

/** Carries one connection to a port of a pod over a WebSocket, as a node does. */
export const forward = (request: UpgradeRequest, { port, local }: Forwarded): void => {
  const target = local === undefined ? undefined : connect(local, '127.0.0.1');
  const socket = acceptWebSocket(request, forwardProtocol, {
    message: (message) => {
      if (message[0] === data) target?.write(message.subarray(1));
    },
    gone: () => target?.destroy(),
  });
  const send = (channel: number, bytes: Buffer): void => socket.send(Buffer.concat([Buffer.of(channel), bytes]));
  for (const channel of [data, errors]) send(channel, Buffer.of(port & 0xff, port >> 8));
  const refused = (): void => {
    send(errors, Buffer.from(`failed to connect to localhost:${port} inside the pod: connection refused`));
    socket.close();
  };
  if (target === undefined) {
    refused();
    return;
  }
  target.on('data', (bytes) => send(data, bytes));
  target.on('error', refused);
  target.on('close', () => socket.close());
};
