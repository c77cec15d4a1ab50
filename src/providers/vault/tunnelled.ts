import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import type { Tunnel } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import { portOf } from './port.ts';
import { socketOver } from './stream-socket.ts';
import type { Connector } from './transport.ts';

/** What connections through a tunnel need. */
export interface TunnelledOptions {
  /** Opened when it is first dialled. */
  readonly tunnel: () => Promise<Tunnel>;
  /** The name that the certificate of a host must be for. */
  readonly certifiedAs: (host: string) => string;
}

const handshakeMs = 10_000;

/** Connections through a tunnel. TLS ends in Vault itself: what carries the bytes sees none of them. */
export const tunnelled =
  ({ tunnel, certifiedAs }: TunnelledOptions): Connector =>
  (ca) => {
    const open = async (host: string, port: number, isTls: boolean): Promise<Socket> => {
      const stream = await (await tunnel()).dial({ host, port });
      return isTls ? secured(stream, certifiedAs(host), ca) : socketOver(stream);
    };
    return ({ hostname, port, protocol }, done) => {
      const isTls = protocol === 'https:';
      open(hostname, portOf(port, protocol), isTls).then(
        (socket) => done(null, socket),
        (error: unknown) => done(error instanceof Error ? error : new Error('the tunnel failed'), null),
      );
    };
  };

const secured = (stream: Duplex, servername: string, ca: readonly string[]): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const secure = connect({
      socket: stream,
      servername,
      rejectUnauthorized: true,
      ALPNProtocols: ['http/1.1'],
      ...(ca.length === 0 ? {} : { ca: [...ca] }),
    });
    const late = setTimeout(() => {
      secure.destroy(new LabError('UNREACHABLE', `${servername} did not answer the TLS handshake within 10 s`));
    }, handshakeMs);
    const failed = (error: Error): void => {
      clearTimeout(late);
      stream.destroy();
      reject(error);
    };
    secure.once('error', failed);
    stream.once('error', failed);
    if (stream.errored !== null) failed(stream.errored);
    secure.once('secureConnect', () => {
      clearTimeout(late);
      secure.off('error', failed);
      stream.off('error', failed);
      resolve(secure);
    });
  });
