import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { request } from '../../src/base/node/http.ts';
import { buildProof } from '../../src/local-push/secrets.ts';
import { waitFor } from '../helpers/wait-for.ts';

export type Message = Readonly<Record<string, unknown>> & { readonly type: string };

export const transports = ['websocket', 'events'] as const;
export type Transport = (typeof transports)[number];

export interface Identity {
  readonly node: string;
  readonly secret: string;
}

/** A phone as the protocol has it, in the hands of a test. */
export interface Device {
  /** All that the server said, oldest first. */
  readonly heard: readonly Message[];
  /** Where it acknowledges and answers pings by itself; true at the start. */
  answers: boolean;
  say(message: unknown): Promise<void>;
  /** The first message of this type that the server says, or has said. */
  hears(type: string): Promise<Message>;
  pushes(): readonly Message[];
  /** Code of the close, where the transport has one, as soon as the connection has ended. */
  ended(): Promise<number | undefined>;
  close(): void;
}

/** How it says something, and closes. */
interface Line {
  send(text: string): Promise<void>;
  close(): void;
}

/** Connected, and nothing proven yet. */
export async function openDevice(port: number, transport: Transport): Promise<Device> {
  const heard: Message[] = [];
  let end: { readonly code: number | undefined } | undefined;
  const onEnd = (code: number | undefined) => (end = { code });
  const onText = (text: string) => {
    const message = JSON.parse(text) as Message;
    heard.push(message);
    if (!device.answers) return;
    if (message.type === 'push') void device.say({ type: 'ack', id: message['id'] });
    if (message.type === 'ping') void device.say({ type: 'pong' });
  };
  const line = Promise.withResolvers<Line>();
  const device: Device = {
    heard,
    answers: true,
    say: async (message) => (await line.promise).send(typeof message === 'string' ? message : JSON.stringify(message)),
    hears: (type) => waitFor(`a ${type}`, () => heard.find((message) => message.type === type)),
    pushes: () => heard.filter(({ type }) => type === 'push'),
    ended: async () => (await waitFor('the end', () => end)).code,
    close: () => void line.promise.then((open) => open.close()),
  };
  line.resolve((transport === 'websocket' ? openWebSocket : openEvents)(port, onText, onEnd));
  await line.promise;
  await device.hears('challenge');
  return device;
}

/** Connected and welcome. */
export async function connectDevice(port: number, { node, secret }: Identity, transport: Transport = 'websocket'): Promise<Device> {
  const device = await openDevice(port, transport);
  await device.say(proofOf(device, { node, secret }));
  await device.hears('welcome');
  return device;
}

export function proofOf({ heard: [challenge] }: Pick<Device, 'heard'>, { node, secret }: Identity): Message {
  return { type: 'prove', node, proof: buildProof(secret, String(challenge?.['nonce']), node) };
}

async function openWebSocket(port: number, onText: (text: string) => void, onEnd: (code: number) => void): Promise<Line> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/local-push`, 'reveille.local-push.1');
  socket.on('message', (data) => onText((data as Buffer).toString()));
  socket.on('close', onEnd);
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return {
    send: (text) => new Promise((resolve) => socket.send(text, () => resolve())),
    close: () => socket.terminate(),
  };
}

async function openEvents(port: number, onText: (text: string) => void, onEnd: (code: undefined) => void): Promise<Line> {
  const asked = request({ port, host: '127.0.0.1', path: '/local-push/events', agent: false }).end();
  asked.on('error', () => undefined);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.on('close', () => onEnd(undefined)).on('error', () => undefined);
  const first = Promise.withResolvers<string>();
  const lines = createInterface({ input: response });
  // A line that is cut off in the middle.
  lines.on('error', () => undefined);
  lines.on('line', (text) => {
    if (!text.startsWith('data: ')) return;
    const { session } = JSON.parse(text.slice(6)) as { session?: string };
    if (session !== undefined) first.resolve(session);
    onText(text.slice(6));
  });
  return {
    send: async (text) => {
      await post(port, await first.promise, text);
    },
    close: () => asked.destroy(),
  };
}

/** Status of the answer. */
export async function post(port: number, session: string, body: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/local-push/events/${session}`, { method: 'POST', body });
  await answer.text();
  return answer.status;
}
