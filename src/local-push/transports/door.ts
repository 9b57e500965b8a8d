// Room: how devices come in: WebSocket and server-sent events. In: HTTP requests. Out: connections. May enter: local-push.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Admission, Refused } from '../admission.ts';
import type { DoorParts } from './door-parts.ts';
import { EventStreams } from './event-streams.ts';
import { refuseSocket, WebSockets } from './websockets.ts';

export const localPushPath = '/local-push';

/** Pages come from everywhere, with no cookie of ours; they may read when to come back. */
const forPages = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'Retry-After' } as const;

/** Takes the requests to `/local-push` and below. */
export class Door {
  readonly #admission: Admission;
  readonly #webSockets: WebSockets;
  readonly #streams: EventStreams;

  constructor(parts: DoorParts) {
    this.#admission = parts.admission;
    this.#webSockets = new WebSockets(parts.connections);
    this.#streams = new EventStreams(parts);
  }

  takes(path: string): boolean {
    return path === localPushPath || path.startsWith(`${localPushPath}/`);
  }

  /** A request that wants to become something else than HTTP. `onStay` is called where it does. */
  upgrade(request: IncomingMessage, socket: Duplex, { head, client, path, onStay }: Upgrade): void {
    if (path !== localPushPath) return refuseSocket(socket, 404, 'nothing here speaks anything but HTTP');
    const leave = this.#admission.enter(client);
    if (typeof leave !== 'function') return refuseSocket(socket, leave.status, leave.text, leave.retryAfterSeconds);
    socket.once('close', leave);
    this.#webSockets.accept(request, socket, head, onStay);
  }

  request(request: IncomingMessage, response: ServerResponse, { client, path, onStay }: Visit): void {
    const session = path.startsWith(`${localPushPath}/events/`) ? path.slice(`${localPushPath}/events/`.length) : undefined;
    for (const [name, value] of Object.entries(forPages)) response.setHeader(name, value);
    if (request.method === 'OPTIONS') return answerPreflight(response);
    if (session !== undefined) return this.#post(request, response, session);
    if (path === localPushPath) return answer(response, 426, 'speak WebSocket here, or see /local-push/events', { Upgrade: 'websocket' });
    if (path !== `${localPushPath}/events`) return answer(response, 404, 'there is no such path');
    if (request.method !== 'GET') return answer(response, 405, 'GET opens the stream', { Allow: 'GET' });
    const leave = this.#admission.enter(client);
    if (typeof leave !== 'function') return refuse(response, leave);
    response.once('close', leave);
    onStay();
    this.#streams.open(response);
  }

  /** A message for a session of this instance came to another one. */
  take(session: string, text: string): void {
    this.#streams.receive(session, text);
  }

  #post(request: IncomingMessage, response: ServerResponse, session: string): void {
    if (request.method !== 'POST') return answer(response, 405, 'POST sends a message', { Allow: 'POST' });
    this.#streams.post(request, session).then(
      ({ status, text }) => answer(response, status, text),
      // The client went away in the middle.
      () => response.destroy(),
    );
  }
}

/** Who asks for what. */
export interface Visit {
  readonly client: string;
  readonly path: string;
  /** Called where the connection is kept: it is no request's any more. */
  readonly onStay: () => void;
}

export interface Upgrade extends Visit {
  readonly head: Buffer;
}

function refuse(response: ServerResponse, { status, text, retryAfterSeconds }: Refused): void {
  answer(response, status, text, { 'Retry-After': String(retryAfterSeconds) });
}

function answer(response: ServerResponse, status: number, text: string, headers: Readonly<Record<string, string>> = {}): void {
  // What is left of a body is not read to its end.
  const close = status >= 400 ? { Connection: 'close' } : {};
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...close, ...headers });
  response.end(`${text}\n`);
}

function answerPreflight(response: ServerResponse): void {
  response.writeHead(204, {
    'Access-Control-Allow-Methods': 'GET, POST',
    'Access-Control-Allow-Headers': 'Content-Type',
    'Access-Control-Max-Age': '86400',
  });
  response.end();
}
