import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { StreamParser } from '../../src/xmpp/stream/parser.ts';
import type { Element } from '../../src/xmpp/stanza/xml.ts';
import type { XmppHost } from './host.ts';

/** A stanza that went by, and which of the component's connections (counted from 0) it went over. */
export interface Seen {
  readonly stanza: Element;
  readonly connection: number;
}

/** Sees in a tap's place what goes by, so that the tap need not remember it. */
export interface Onlooker {
  fromServer(seen: Seen): void;
  fromComponent(seen: Seen): void;
  /** The component's end of a connection is gone. */
  closed(connection: number): void;
}

/** Stands between a server and its component and passes every byte on, so that a test sees what really went by. */
export interface Tap {
  /** Where the component connects to. */
  readonly port: number;
  readonly fromServer: readonly Seen[];
  readonly fromComponent: readonly Seen[];
  close(): Promise<void>;
}

/** With an onlooker both lists stay empty. */
export async function startTap(host: XmppHost, onlooker?: Onlooker): Promise<Tap> {
  const fromServer: Seen[] = [];
  const fromComponent: Seen[] = [];
  const look = onlooker ?? buildRecorder(fromServer, fromComponent);
  const sockets = new Set<Socket>();
  let connections = 0;
  const listener = createServer((component) => {
    const server = connect(host.componentPort, '127.0.0.1');
    const connection = connections++;
    pass(server, component, (stanza) => look.fromServer({ stanza, connection }));
    pass(component, server, (stanza) => look.fromComponent({ stanza, connection }));
    component.once('close', () => look.closed(connection));
    for (const socket of [component, server]) {
      sockets.add(socket.setNoDelay(true));
      socket.once('close', () => sockets.delete(socket));
    }
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    fromServer,
    fromComponent,
    async close() {
      for (const socket of sockets) socket.destroy();
      await once(listener.close(), 'close');
    },
  };
}

const buildRecorder = (fromServer: Seen[], fromComponent: Seen[]): Onlooker => ({
  fromServer: (seen) => fromServer.push(seen),
  fromComponent: (seen) => fromComponent.push(seen),
  closed: () => undefined,
});

/** The end of one side is the end of the other, whether it came politely or by a reset. */
function pass(from: Socket, to: Socket, see: (stanza: Element) => void): void {
  const parser = new StreamParser();
  const decoder = new TextDecoder();
  parser.on('element', see);
  // What is no XML is passed on all the same; it just can't be shown.
  parser.on('error', () => undefined);
  from.on('data', (bytes: Buffer) => {
    to.write(bytes);
    parser.write(decoder.decode(bytes, { stream: true }));
  });
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', () => to.end());
}
