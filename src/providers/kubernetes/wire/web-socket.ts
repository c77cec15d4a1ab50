import type { Duplex } from 'node:stream';
import { type Dispatcher, WebSocket } from 'undici';

/** A WebSocket, and how to end it without asking the other side. */
export interface Line {
  readonly socket: WebSocket;
  readonly cut: () => void;
}

/** What a WebSocket is asked for. */
export interface Handshake {
  /** `wss://…` */
  readonly url: string;
  readonly protocol: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
}

/**
 * Opens a WebSocket for `user`, who listens before the first message; undefined if the server answers with something
 * else, or not at all.
 */
export const openLine = <User>(
  { url, protocol, headers, dispatcher }: Handshake,
  user: (line: Line) => User,
): Promise<User | undefined> => {
  let connection: Duplex | undefined;
  const captured = (upgraded: Duplex): void => {
    connection = upgraded;
  };
  const capturing = dispatcher.compose(
    (dispatch) => (options, handler) => dispatch(options, telling(handler, captured)),
  );
  const socket = new WebSocket(url, { protocols: [protocol], headers, dispatcher: capturing });
  socket.binaryType = 'arraybuffer';
  const using = user({ socket, cut: () => connection?.destroy() });
  return new Promise((resolve) => {
    socket.addEventListener('open', () => resolve(using), { once: true });
    socket.addEventListener('close', () => resolve(undefined), { once: true });
  });
};

/** A WebSocket only closes by agreement, and a server that is gone agrees to nothing: this tells of the connection below. */
const telling = (
  handler: Dispatcher.DispatchHandler,
  upgraded: (connection: Duplex) => void,
): Dispatcher.DispatchHandler => ({
  onRequestStart: (...given) => handler.onRequestStart?.(...given),
  onRequestUpgrade: (controller, status, headers, socket) => {
    upgraded(socket);
    handler.onRequestUpgrade?.(controller, status, headers, socket);
  },
  onResponseStart: (...given) => handler.onResponseStart?.(...given),
  onResponseData: (...given) => handler.onResponseData?.(...given),
  onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
  onResponseError: (...given) => handler.onResponseError?.(...given),
});
