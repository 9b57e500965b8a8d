import type { Socket } from 'node:net';
import { StreamParser } from '../../../src/xmpp/stream/parser.ts';
import type { Element } from '../../../src/xmpp/stanza/xml.ts';

/** The accepting end of an XML stream. */
export interface AcceptedStream {
  send(element: Element): void;
  /** For what is no element: the stream header. */
  write(text: string): void;
  /** Expects a new stream header on the same connection, as after SASL. */
  restart(): void;
  end(): void;
}

export interface StreamEvents {
  header(root: Element): void;
  element(element: Element): void;
  closed(): void;
}

/** Reads a socket that a client or component has opened; its owner ends the stream. */
export function acceptStream(socket: Socket, events: StreamEvents): AcceptedStream {
  let parser = createParser();
  socket.setNoDelay(true).setEncoding('utf8');
  socket.on('data', (text) => parser.write(String(text)));
  socket.on('close', () => events.closed());
  // A reset connection closes right after; 'close' is what counts.
  socket.on('error', () => undefined);
  return {
    send: (element) => void socket.write(element.toString()),
    write: (text) => void socket.write(text),
    restart: () => (parser = createParser()),
    end: () => void socket.end('</stream:stream>'),
  };

  function createParser(): StreamParser {
    const fresh = new StreamParser();
    fresh.on('start', (root) => events.header(root));
    fresh.on('element', (element) => events.element(element));
    fresh.on('end', () => socket.end('</stream:stream>'));
    fresh.on('error', () => socket.destroy());
    return fresh;
  }
}
