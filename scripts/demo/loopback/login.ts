import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { type Element, xml } from '../../../src/xmpp/stanza/xml.ts';
import { acceptStream, type AcceptedStream } from './stream.ts';

const sasl = 'urn:ietf:params:xml:ns:xmpp-sasl';
const binding = 'urn:ietf:params:xml:ns:xmpp-bind';

/** What a client's connection needs of the host behind it. */
export interface ClientDoor {
  readonly domain: string;
  isPassword(name: string, password: string): boolean;
  arrived(jid: string, send: (stanza: Element) => void): void;
  stanza(from: string, stanza: Element): void;
  left(jid: string): void;
}

type Phase =
  { readonly at: 'password' } | { readonly at: 'resource'; readonly name: string } | { readonly at: 'session'; readonly jid: string };

/** Serves one client connection (RFC 6120): SASL PLAIN, resource binding, then stanzas. */
export function serveClient(socket: Socket, door: ClientDoor): void {
  let phase: Phase = { at: 'password' };
  const stream = acceptStream(socket, {
    header: () => stream.write(header(door.domain, phase.at === 'password' ? passwordFeatures : resourceFeatures)),
    element(element) {
      switch (phase.at) {
        case 'password':
          phase = checkPassword(element, stream, door);
          return;
        case 'resource':
          phase = bindResource(element, phase, stream, door);
          return;
        case 'session': {
          door.stanza(phase.jid, element);
          return;
        }
      }
    },
    closed: () => phase.at === 'session' && door.left(phase.jid),
  });
}

const passwordFeatures = `<mechanisms xmlns='${sasl}'><mechanism>PLAIN</mechanism></mechanisms>`;
const resourceFeatures = `<bind xmlns='${binding}'/>`;

const header = (domain: string, features: string): string =>
  `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='${domain}' ` +
  `id='${randomUUID()}' version='1.0'><stream:features>${features}</stream:features>`;

function checkPassword(element: Element, stream: AcceptedStream, door: ClientDoor): Phase {
  const [, name = '', password = ''] = Buffer.from(element.getText(), 'base64').toString().split('\0');
  if (element.name !== 'auth' || !door.isPassword(name, password)) {
    stream.send(xml('failure', { xmlns: sasl }, xml('not-authorized', {})));
    return { at: 'password' };
  }
  stream.send(xml('success', { xmlns: sasl }));
  stream.restart();
  return { at: 'resource', name };
}

function bindResource(iq: Element, phase: Phase & { at: 'resource' }, stream: AcceptedStream, door: ClientDoor): Phase {
  const bind = iq.getChild('bind', binding);
  if (bind === undefined) return phase;
  const jid = `${phase.name}@${door.domain}/${bind.getChildText('resource') ?? randomUUID()}`;
  door.arrived(jid, (stanza) => stream.send(stanza));
  stream.send(xml('iq', { type: 'result', id: String(iq.attrs['id']) }, xml('bind', { xmlns: binding }, xml('jid', {}, jid))));
  return { at: 'session', jid };
}
