import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { XmppHost } from '../../../test/servers/host.ts';
import { serveComponent } from './component.ts';
import { serveClient } from './login.ts';
import { Router } from './router.ts';

const domain = 'chat.test';
const componentJid = 'push.chat.test';
const componentSecret = 'loopback-secret';

/**
 * A small XMPP server for one demo on one machine, where no real one is at hand: clients log in, messages are routed, a
 * component attaches (XEP-0114), and messages to users who are away are published to it (XEP-0357). Nothing is stored.
 */
export async function startLoopbackHost(): Promise<XmppHost> {
  const passwords = new Map<string, string>();
  const sockets = new Set<Socket>();
  const router = new Router(domain, componentJid);
  const isPassword = (name: string, password: string) => passwords.get(name) === password;
  const clients = createServer((socket) => serveClient(tracked(socket), { domain, isPassword, ...router.clientDoor() }));
  const components = createServer((socket) =>
    serveComponent(tracked(socket), { jid: componentJid, secret: componentSecret, ...router.componentDoor() }),
  );
  for (const server of [clients, components]) await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    kind: 'loopback',
    domain,
    c2sPort: (clients.address() as AddressInfo).port,
    componentPort: (components.address() as AddressInfo).port,
    componentJid,
    componentSecret,
    addUser: (name, password) => Promise.resolve(void passwords.set(name, password)),
    restart: () => Promise.reject(new Error('the loopback host keeps nothing to restart with')),
    stop() {
      for (const server of [clients, components]) server.close();
      for (const socket of sockets) socket.destroy();
      return Promise.resolve();
    },
    log: () => '',
  };

  function tracked(socket: Socket): Socket {
    sockets.add(socket);
    return socket.once('close', () => sockets.delete(socket));
  }
}
