import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** What is said back to a message; undefined says nothing. */
export type Script = (message: string) => readonly string[] | undefined;

/** Speaks XMPP over WebSocket by a script, as no real server would. */
export interface ScriptedWebSocket {
  readonly url: string;
  /** From now on. */
  play(script: Script): void;
  close(): Promise<void>;
}

export async function startScriptedWebSocket(): Promise<ScriptedWebSocket> {
  let script: Script = () => undefined;
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'xmpp' });
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      for (const answer of script(data.toString()) ?? []) socket.send(answer);
    });
  });
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    play: (next) => void (script = next),
    async close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The stream opens, with these mechanisms to log in by. */
export function offer(...mechanisms: readonly string[]): readonly string[] {
  const list = mechanisms.map((name) => `<mechanism>${name}</mechanism>`).join('');
  return [
    `<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='chat.test' id='1' version='1.0'/>`,
    `<stream:features xmlns:stream='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${list}</mechanisms></stream:features>`,
  ];
}

/** An element of SASL around a text. */
export const sasl = (name: string, text: string): string =>
  `<${name} xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${Buffer.from(text).toString('base64')}</${name}>`;

/** The text in the client's element of SASL. */
export const readSasl = (message: string): string => Buffer.from(/>([^<]*)</.exec(message)?.[1] ?? '', 'base64').toString();
