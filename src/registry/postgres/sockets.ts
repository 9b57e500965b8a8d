import { Socket } from 'node:net';

export interface Sockets {
  /** A fresh socket for a connection, remembered until it closes. */
  readonly create: () => Socket;
  /** Ends whatever is still open: a peer that vanished never confirms a polite end. */
  readonly destroy: () => void;
}

export function createSockets(): Sockets {
  const open = new Set<Socket>();
  return {
    create: () => {
      const socket = new Socket();
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      return socket;
    },
    destroy: () => {
      for (const socket of open) socket.destroy();
    },
  };
}
