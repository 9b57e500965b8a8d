import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { request as requestTls } from 'node:https';
import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { request } from '../../src/base/node/http.ts';

const limitMs = 60_000;

export interface Call {
  readonly port: number;
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** The loopback address to call from. Best left out: to bind a port is the more work for the system the more of them were used just before. */
  readonly from?: string;
  /** Call by TLS and trust this authority (PEM). */
  readonly ca?: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own; settles with the whole answer. */
export async function call({ port, method = 'POST', path, headers = {}, body = '', from, ca }: Call): Promise<Reply> {
  const options = { host: '127.0.0.1', port, method, path, headers, ...buildBinding(from), agent: false, timeout: limitMs } as const;
  const sent = ca === undefined ? request(options) : requestTls({ ...options, ca, servername: 'localhost' });
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  sent.once('timeout', () => sent.destroy(new Error('no answer')));
  sent.once('error', reject);
  sent.once('response', (response) => {
    const { statusCode = 0, headers: got } = response;
    text(response).then((read) => resolve({ status: statusCode, headers: got, body: read }), reject);
  });
  sent.end(body);
  return promise;
}

/** Writes bytes as they are; settles with everything that came back until the connection ended, however it ended. */
export function send(port: number, bytes: string | Buffer, from?: string): Promise<string> {
  const socket = createConnection({ host: '127.0.0.1', port, ...buildBinding(from) });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk));
  socket.setTimeout(limitMs, () => {
    reject(new Error(`the connection was left open after ${JSON.stringify(received.slice(0, 200))}`));
    socket.destroy();
  });
  // The server may end the connection while bytes are still being written.
  socket.on('error', () => undefined);
  socket.once('close', () => resolve(received));
  socket.end(bytes);
  return promise;
}

function buildBinding(from: string | undefined) {
  return from === undefined ? {} : { localAddress: from };
}
