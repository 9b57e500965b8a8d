import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { bundleLocalPush } from '../../scripts/bundle-local-push.ts';
import { createServer } from '../../src/base/node/http.ts';

/** Something on a loopback port; closed by whoever opened it. */
export interface Opened {
  readonly port: number;
  close(): Promise<void>;
}

/** The origin of an app: a page with nothing in it, and the library as it is published. */
export function openPage(): Promise<Opened> {
  const library = bundleLocalPush();
  const answer: RequestListener = (request, response) => {
    const isLibrary = request.url === '/local-push.js';
    response.setHeader('content-type', isLibrary ? 'text/javascript' : 'text/html');
    response.end(isLibrary ? library : '<!doctype html><title>An app</title>');
  };
  return listen(createServer(answer));
}

/** What stands in front of the port in some offices: lets everything through but WebSockets. */
export function openBlockade(port: number): Promise<Opened & { readonly blocked: () => number }> {
  let blocked = 0;
  const server = createTcpServer((client) => {
    client.on('error', () => undefined);
    client.once('data', (head) => {
      if (/^upgrade: websocket/im.test(head.toString('latin1'))) {
        blocked += 1;
        client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      } else join(client, port, head);
    });
  });
  return listen(server).then((opened) => ({ ...opened, blocked: () => blocked }));
}

function join(client: Socket, port: number, head: Buffer): void {
  const behind = connect(port, '127.0.0.1');
  behind.on('error', () => client.destroy());
  client.on('close', () => behind.destroy());
  behind.write(head);
  client.pipe(behind).pipe(client);
}

async function listen(server: Server): Promise<Opened> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
