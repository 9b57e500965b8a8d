import { once } from 'node:events';
import { createServer as createHttp1 } from 'node:https';
import { createSecureServer } from 'node:http2';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { buildAuthority } from '../../../src/sandbox/authority.ts';

export const authority = buildAuthority();

export interface Received {
  readonly version: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The connection it came over. */
  readonly connection: Socket;
}

export interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

/** What is done with a push: an answer, or nothing at all. */
export type Behaviour = (push: Received) => Answer | 'silence' | 'hang-up';

/** A push service that does as it is told. */
export interface Service {
  readonly origin: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** Connections so far. */
  readonly connections: number;
  behave(behaviour: Behaviour): void;
}

/** A test, or what stands for several of them. */
interface Owner {
  after(close: () => Promise<void>): void;
}

/** At localhost and 127.0.0.1, over HTTP/2 or HTTP/1.1 only; gone after the test. */
export async function createService(context: Owner, speaks: 'h2' | 'http/1.1' = 'h2'): Promise<Service> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let behave: Behaviour = () => ({ status: 201 });
  let connections = 0;
  const { server: pair } = authority;
  const server = (speaks === 'h2' ? createSecureServer(pair) : createHttp1(pair)) as Server;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => undefined));
  });
  server.on('request', (request: AsyncIterable<Buffer> & RequestWords, response: ServerResponse) => {
    void readAll(request).then((body) => {
      const { url, headers, httpVersion, socket } = request;
      const push = { version: httpVersion, path: url, headers, body, connection: socket };
      received.push(push);
      const answer = behave(push);
      if (answer === 'hang-up') request.socket.destroy();
      else if (answer !== 'silence') response.writeHead(answer.status, answer.headers ?? {}).end(answer.body ?? '');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    if (server.listening) await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `https://localhost:${port}`,
    port,
    received,
    get connections() {
      return connections;
    },
    behave: (behaviour) => void (behave = behaviour),
  };
}

interface RequestWords {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion: string;
  readonly socket: Socket;
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch {
    // The client went away in the middle: what there is counts.
  }
  return Buffer.concat(chunks);
}
