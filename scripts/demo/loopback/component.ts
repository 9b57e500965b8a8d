import { createHash, randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { type Element, xml } from '../../../src/xmpp/stanza/xml.ts';
import { acceptStream } from './stream.ts';

/** What a component's connection needs of the host behind it. */
export interface ComponentDoor {
  readonly jid: string;
  readonly secret: string;
  arrived(send: (stanza: Element) => void): void;
  stanza(stanza: Element): void;
  left(): void;
}

/** Serves one connection of the component protocol (XEP-0114). */
export function serveComponent(socket: Socket, door: ComponentDoor): void {
  const id = randomUUID();
  const proof = createHash('sha1')
    .update(id + door.secret)
    .digest('hex');
  let isTrusted = false;
  const stream = acceptStream(socket, {
    header: () => stream.write(header(door.jid, id)),
    element(element) {
      if (isTrusted) {
        door.stanza(element);
        return;
      }
      if (element.name !== 'handshake' || element.getText() !== proof) {
        refuse();
        return;
      }
      isTrusted = true;
      stream.send(xml('handshake', {}));
      door.arrived((stanza) => stream.send(stanza));
    },
    closed: () => isTrusted && door.left(),
  });

  function refuse(): void {
    stream.send(xml('stream:error', {}, xml('not-authorized', { xmlns: 'urn:ietf:params:xml:ns:xmpp-streams' })));
    stream.end();
  }
}

const header = (jid: string, id: string): string =>
  `<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' from='${jid}' id='${id}'>`;
