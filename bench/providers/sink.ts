import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createServer } from '../../src/base/node/http.ts';
import { serveCommands } from '../base/helper.ts';
import { serveHttp2, type PeerAnswer } from './h2-peer.ts';

// APNs, FCM, Google's token host and a Web Push service in one: reads what comes, accepts everything, over HTTP/2 and HTTP/1.1 as the client likes.

let received = 0;

const commands = {
  async listen(identity: { readonly cert: string; readonly key: string }): Promise<number> {
    const http1 = createServer(take);
    const server = createTlsServer({ ...identity, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
      if (socket.alpnProtocol === 'h2') serveHttp2(socket, answer);
      else http1.emit('connection', socket);
    });
    server.listen(0, 'localhost');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },
  /** Pushes that came in since the start. */
  count: () => received,
};
export type SinkCommands = typeof commands;
serveCommands(commands);

function take(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  request.on('end', () => {
    const { status, headers, body } = answer(request.url ?? '');
    response.writeHead(status, [...headers]).end(body);
  });
}

function answer(path: string): PeerAnswer {
  if (path.startsWith('/3/device/')) return accept(200, ['apns-id', randomUUID()], '');
  if (path.startsWith('/wpush/')) return accept(201, ['location', `/m/${randomUUID()}`], '');
  const json = ['content-type', 'application/json'];
  if (path.endsWith('messages:send')) return accept(200, json, JSON.stringify({ name: `projects/reveille/messages/${randomUUID()}` }));
  return { status: 200, headers: json, body: JSON.stringify({ access_token: 'of-the-bench', expires_in: 3_599, token_type: 'Bearer' }) };
}

function accept(status: number, headers: readonly string[], body: string): PeerAnswer {
  received += 1;
  return { status, headers, body };
}
