import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { serveCommands } from '../base/helper.ts';

// APNs, FCM and Google's token host in one: reads what comes, accepts everything, over HTTP/2 and HTTP/1.1 as the client likes.

let received = 0;

const commands = {
  async listen(identity: { readonly cert: string; readonly key: string }): Promise<number> {
    const server = createSecureServer({ ...identity, allowHTTP1: true, settings: { maxConcurrentStreams: 1000 } }, take);
    server.on('sessionError', () => undefined);
    server.listen(0, 'localhost');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },
  /** Pushes that came in since the start. */
  count: () => received,
};
export type SinkCommands = typeof commands;
serveCommands(commands);

function take(request: Http2ServerRequest, response: Http2ServerResponse): void {
  request.resume();
  request.on('end', () => answer(request.url, response));
}

function answer(path: string, response: Http2ServerResponse): void {
  if (path.startsWith('/3/device/')) {
    received += 1;
    response.writeHead(200, { 'apns-id': randomUUID() });
    response.end();
  } else if (path.endsWith('messages:send')) {
    received += 1;
    answerJson(response, { name: `projects/reveille/messages/${randomUUID()}` });
  } else answerJson(response, { access_token: 'of-the-bench', expires_in: 3_599, token_type: 'Bearer' });
}

function answerJson(response: Http2ServerResponse, content: Readonly<Record<string, unknown>>): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(content));
}
