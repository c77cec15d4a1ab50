import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What an HTTP client takes for a connection, over a stream that is none. */
export const socketOver = (stream: Duplex): Socket => new StreamSocket(stream);

interface Written {
  readonly chunk: Uint8Array | string;
  readonly encoding: BufferEncoding;
}

class StreamSocket extends Socket {
  readonly #stream: Duplex;

  constructor(stream: Duplex) {
    super();
    this.#stream = stream;
    stream.on('data', (bytes: Buffer) => {
      if (!this.push(bytes)) stream.pause();
    });
    stream.on('end', () => this.push(null));
    stream.on('error', (error) => this.destroy(error));
    stream.on('close', () => this.destroy(stream.errored ?? undefined));
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _write(chunk: Uint8Array | string, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#stream.write(chunk, encoding, done);
  }

  // A socket has a way of its own to write several at once.
  override _writev(chunks: readonly Written[], done: (error?: Error | null) => void): void {
    const all = chunks.map(({ chunk, encoding }) => (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk));
    this.#stream.write(Buffer.concat(all), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#stream.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#stream.destroy();
    done(error);
    // A socket tells of its end itself.
    setImmediate(() => this.emit('close', error !== null));
  }

  // There is no connection of its own that could keep the process alive or let it go.
  override ref(): this {
    return this;
  }

  override unref(): this {
    return this;
  }
}
