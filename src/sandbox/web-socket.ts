import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';

/** What a client asked for, and over what. */
export interface UpgradeRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly socket: Duplex;
  /** What came after the request already. */
  readonly head: Buffer;
}

/** The server's end of a WebSocket. */
export interface WebSocketServer {
  /** One binary message. */
  send(message: Buffer): void;
  /** Says so, and ends. */
  close(): void;
}

/** What happens on it. */
export interface WebSocketEvents {
  readonly message: (message: Buffer) => void;
  /** The client went, or said that it goes. */
  readonly gone: () => void;
}

// https://www.rfc-editor.org/rfc/rfc6455
const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const [continuation, binary, closing, ping, pong] = [0, 2, 8, 9, 10];

/** Takes a client's WebSocket for one protocol that it offered. */
export const acceptWebSocket = (
  { headers, socket, head }: UpgradeRequest,
  protocol: string,
  events: WebSocketEvents,
): WebSocketServer => {
  const accept = createHash('sha1')
    .update(`${headers['sec-websocket-key'] ?? ''}${magic}`)
    .digest('base64');
  const lines = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`];
  const named = `Sec-WebSocket-Protocol: ${protocol}`;
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${[...lines, named].join('\r\n')}\r\n\r\n`);
  const write = (opcode: number, payload: Buffer): void => {
    if (socket.writable) socket.write(Buffer.concat([headOf(opcode, payload.length), payload]));
  };
  const end = (): void => {
    write(closing, Buffer.alloc(0));
    socket.end();
  };
  let waiting = head;
  let begun: Buffer = Buffer.alloc(0);
  const take = (): void => {
    for (;;) {
      const frame = frameIn(waiting);
      if (frame === undefined) return;
      waiting = waiting.subarray(frame.length);
      if (frame.opcode === ping) write(pong, frame.payload);
      if (frame.opcode === closing) end();
      if (frame.opcode === binary || frame.opcode === continuation) {
        begun = Buffer.concat([begun, frame.payload]);
        if (!frame.last) continue;
        events.message(begun);
        begun = Buffer.alloc(0);
      }
    }
  };
  socket.on('data', (bytes: Buffer) => {
    waiting = Buffer.concat([waiting, bytes]);
    take();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => events.gone());
  take();
  return { send: (message) => write(binary, message), close: end };
};

interface Frame {
  readonly opcode: number;
  readonly last: boolean;
  readonly payload: Buffer;
  /** Of the whole frame. */
  readonly length: number;
}

/** The first frame of what a client sent; undefined until it is there whole. */
const frameIn = (bytes: Buffer): Frame | undefined => {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start + 4) return undefined;
  const size = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const length = start + 4 + size;
  if (bytes.length < length) return undefined;
  const mask = bytes.subarray(start, start + 4);
  const payload = Buffer.from(bytes.subarray(start + 4, length)).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  const first = bytes.readUInt8(0);
  return { opcode: first & 0x0f, last: (first & 0x80) !== 0, payload: Buffer.from(payload), length };
};

const headOf = (opcode: number, length: number): Buffer => {
  if (length < 126) return Buffer.of(0x80 | opcode, length);
  const long = length > 0xffff;
  const head = Buffer.alloc(long ? 10 : 4);
  head.writeUInt8(0x80 | opcode, 0);
  head.writeUInt8(long ? 127 : 126, 1);
  if (long) head.writeBigUInt64BE(BigInt(length), 2);
  else head.writeUInt16BE(length, 2);
  return head;
};
