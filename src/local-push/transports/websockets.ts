import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer, type RawData, type ServerOptions } from 'ws';
import { STATUS_CODES } from '../../base/node/http.ts';
import type { Line } from '../connection/connection.ts';
import type { Connections } from '../connection/connections.ts';
import { longestMessage } from '../messages.ts';

export const subprotocol = 'reveille.local-push.1';

/** For the other side to answer the close; then the socket is destroyed. */
const closeTimeout = 2_000;
/** Bytes that may wait to be sent: some fifty pushes. A device that reads so slowly gets the next ones elsewhere. */
const mostBuffered = 64 * 1024;

/** The types of the library do not know `closeTimeout` yet. */
const options: ServerOptions & { readonly closeTimeout: number } = {
  noServer: true,
  clientTracking: false,
  // It would cost each connection more memory than all the rest.
  perMessageDeflate: false,
  maxPayload: longestMessage,
  handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  closeTimeout,
};

/** Connections by WebSocket (RFC 6455), by the library `ws`. */
export class WebSockets {
  readonly #connections: Connections;
  readonly #server = new WebSocketServer(options);

  constructor(connections: Connections) {
    this.#connections = connections;
    // A handshake that breaks the rules is answered by the library with 400.
    this.#server.on('wsClientError', (_error, socket) => refuseSocket(socket, 400, 'not a WebSocket handshake'));
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer, onStay: () => void): void {
    if (!offersProtocol(request)) return refuseSocket(socket, 400, `the subprotocol ${subprotocol} must be offered`);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      onStay();
      this.#open(webSocket, socket);
    });
  }

  #open(webSocket: WebSocket, socket: Duplex): void {
    // The library closes by itself what breaks the rules of the protocol, and then calls `close`.
    webSocket.on('error', () => undefined);
    const connection = this.#connections.open(buildLine(webSocket, socket));
    webSocket.on('message', (data, isBinary) => connection.receive(isBinary ? '' : readText(data)));
    webSocket.on('ping', () => connection.heardFrame());
    webSocket.on('pong', () => connection.heardFrame());
    webSocket.on('close', () => this.#connections.closed(connection));
  }
}

function buildLine(webSocket: WebSocket, socket: Duplex): Line {
  const isOpen = (): boolean => webSocket.readyState === WebSocket.OPEN && webSocket.bufferedAmount <= mostBuffered;
  return {
    transport: 'websocket',
    send: (text) => {
      if (!isOpen()) return false;
      webSocket.send(text);
      return true;
    },
    end: ({ code, reason }, lastWord) => {
      // One write for both: at a stop there are thousands of them.
      socket.cork();
      if (isOpen()) webSocket.send(lastWord);
      webSocket.close(code, reason);
      socket.uncork();
    },
    cut: () => webSocket.terminate(),
  };
}

function readText(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString() : '';
}

function offersProtocol({ headers }: IncomingMessage): boolean {
  const offered = headers['sec-websocket-protocol'] ?? '';
  return offered.split(',').some((one) => one.trim() === subprotocol);
}

/** Answers in HTTP what became of the wish to speak something else. */
export function refuseSocket(socket: Duplex, status: number, text: string, retryAfterSeconds?: number): void {
  const retry = retryAfterSeconds === undefined ? '' : `Retry-After: ${retryAfterSeconds}\r\n`;
  socket.on('error', () => undefined);
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(text) + 1}\r\n${retry}\r\n${text}\n`,
  );
}
