import { Duplex } from 'node:stream';
import type { Line } from '../wire/web-socket.ts';

/** The protocol of port-forward over a WebSocket: a byte for the channel comes first in each message. */
export const forwardProtocol = 'v4.channel.k8s.io';

const [data, errors] = [0, 1];

/** The bytes to and from a port of a pod that one WebSocket carries. An error at its end has a `code` as that of a connection. */
export const podStream = ({ socket: line, cut }: Line): Duplex => {
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      line.send(Buffer.concat([Buffer.of(data), chunk]));
      done();
    },
    final: (done) => {
      line.close();
      done();
    },
    destroy: (error, done) => {
      line.close();
      cut();
      done(error);
    },
  });
  const begun = new Set<number>();
  line.addEventListener('message', ({ data: message }) => {
    if (!(message instanceof ArrayBuffer)) return;
    const [channel] = Buffer.from(message);
    if (channel === undefined) return;
    // The first message of each channel repeats the port.
    const bytes = Buffer.from(message).subarray(begun.has(channel) ? 1 : 3);
    begun.add(channel);
    if (bytes.length === 0) return;
    if (channel === data) stream.push(bytes);
    if (channel === errors) stream.destroy(ended(bytes.toString('utf8')));
  });
  line.addEventListener('close', () => stream.destroy(ended('')));
  line.addEventListener('error', () => undefined);
  // Who gets it may come to listen only after it has ended.
  stream.on('error', () => undefined);
  return stream;
};

/** Why a node ended a connection: nothing listens at that port, or the pod is gone. */
const ended = (said: string): Error => {
  const code = /refused/i.test(said) ? 'ECONNREFUSED' : 'ECONNRESET';
  return Object.assign(new Error('the connection through the API server ended'), { code });
};
