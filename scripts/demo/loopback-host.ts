import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { childElements, type Element, xml } from '../../src/xmpp/xml.ts';
import type { XmppHost } from '../../test/servers/host.ts';
import { serveComponent } from './loopback-component.ts';
import { serveClient } from './loopback-login.ts';
import { createPushRegister, type PushRegister } from './loopback-push.ts';

type Send = (stanza: Element) => void;

const domain = 'chat.test';
const componentJid = 'push.chat.test';
const componentSecret = 'loopback-secret';
const stanzaErrors = 'urn:ietf:params:xml:ns:xmpp-stanzas';

/**
 * A small XMPP server for one demo on one machine, where no real one is at hand: clients log in, messages are routed, a
 * component attaches (XEP-0114), and messages to users who are away are published to it (XEP-0357). Nothing is stored.
 */
export async function startLoopbackHost(): Promise<XmppHost> {
  const passwords = new Map<string, string>();
  const sockets = new Set<Socket>();
  const router = createRouter();
  const clients = createServer((socket) =>
    serveClient(tracked(socket), { domain, isPassword: (name, password) => passwords.get(name) === password, ...router.clients }),
  );
  const components = createServer((socket) =>
    serveComponent(tracked(socket), { jid: componentJid, secret: componentSecret, ...router.component }),
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

function createRouter() {
  const sessions = new Map<string, Send>();
  let component: Send | undefined;
  const push: PushRegister = createPushRegister(domain, toComponent);
  return {
    clients: {
      arrived: (jid: string, send: Send) => void sessions.set(jid, send),
      left: (jid: string) => void sessions.delete(jid),
      stanza(from: string, stanza: Element) {
        stanza.attrs['from'] = from;
        route(stanza, from);
      },
    },
    component: {
      arrived: (send: Send) => (component = send),
      left: () => (component = undefined),
      stanza: (stanza: Element) => route(stanza, componentJid),
    },
  };

  function route(stanza: Element, from: string): void {
    const to: unknown = stanza.attrs['to'];
    if (to === componentJid) {
      toComponent(stanza);
      return;
    }
    if (stanza.name === 'message') {
      toUser(stanza, String(to));
      return;
    }
    if (typeof to === 'string' && to.includes('/')) return sessions.get(to)?.(stanza);
    if (stanza.name === 'iq') toServer(stanza, from);
  }

  function toComponent(stanza: Element): void {
    if (component !== undefined) {
      component(stanza);
      return;
    }
    if (stanza.name === 'iq') route(errorReply(stanza, 'wait', 'remote-server-timeout'), componentJid);
  }

  function toUser(message: Element, to: string): void {
    const [user = ''] = to.split('/');
    const present = [...sessions].filter(([jid]) => jid.startsWith(`${user}/`));
    for (const [, send] of present) send(message);
    if (present.length === 0 && message.getChild('body') !== undefined) push.notify(user, message);
  }

  function toServer(iq: Element, from: string): void {
    if (iq.attrs['type'] === 'result' || iq.attrs['type'] === 'error') {
      push.answered(iq);
      return;
    }
    const request = childElements(iq)[0];
    const [user = ''] = from.split('/');
    const isDone = request !== undefined && (request.attrs['xmlns'] === 'urn:xmpp:ping' || push.command(user, request));
    route(isDone ? reply(iq, 'result') : errorReply(iq, 'cancel', 'service-unavailable'), domain);
  }
}

function reply(iq: Element, type: 'result' | 'error', ...children: Element[]): Element {
  const { id, from, to } = iq.attrs as Record<string, string | undefined>;
  return xml('iq', { type, id, to: from, from: to ?? domain }, ...children);
}

const errorReply = (iq: Element, type: string, condition: string): Element =>
  reply(iq, 'error', xml('error', { type }, xml(condition, { xmlns: stanzaErrors })));
