import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

export interface Canary {
  readonly port: number;
  /** Rejects where anybody came. */
  close(): Promise<void>;
}

/** Listens at every address of this machine, where nobody should come. */
export async function openCanary(): Promise<Canary> {
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  server.listen(0);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      await once(server, 'close');
      if (visits > 0) throw new Error(`${visits} connections to this machine`);
    },
  };
}
