import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Who looks on. */
export interface Crowd {
  readonly watching: number;
  /** They ask to watch and then read nothing. */
  readonly stuck: number;
  readonly following: number;
}

const limitMs = 10_000;

/** Settles when all of them have their first bytes. */
export async function openViewers(port: number, token: string, crowd: Crowd): Promise<{ close(): Promise<void> }> {
  const paths = [
    ...Array.from({ length: crowd.watching + crowd.stuck }, () => '/api/events'),
    ...Array.from({ length: crowd.following }, () => '/api/pushes'),
  ];
  const sockets = await Promise.all(paths.map((path) => open(port, token, path)));
  for (const socket of sockets.slice(0, crowd.stuck)) socket.pause();
  return {
    close: async () => {
      await Promise.all(sockets.map((socket) => end(socket)));
    },
  };
}

async function open(port: number, token: string, path: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  const [first] = (await once(socket, 'data', { signal: AbortSignal.timeout(limitMs) })) as [Buffer];
  if (!first.toString().startsWith('HTTP/1.1 200')) throw new Error(`a viewer was refused: ${first.toString().slice(0, 200)}`);
  socket.resume();
  return socket;
}

async function end(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  socket.destroy();
  await once(socket, 'close');
}
