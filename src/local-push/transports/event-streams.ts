import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connection } from '../connection/connection.ts';
import type { Connections } from '../connection/connections.ts';
import { longestMessage } from '../messages.ts';
import type { DoorParts } from './door-parts.ts';

const sessionBytes = 24;
/** As for WebSockets. */
const mostBuffered = 64 * 1024;
/** For what is still to be read; then the socket is destroyed. */
const closeLimitMs = 2_000;

/** What became of a posted message, as HTTP says it. */
interface Posted {
  readonly status: number;
  readonly text: string;
}

const taken: Posted = { status: 202, text: 'taken' };
const unknown: Posted = { status: 404, text: 'there is no such session' };
const notMessage: Posted = { status: 400, text: 'that is no message of this protocol' };
const tooLong: Posted = { status: 413, text: `a message has at most ${longestMessage} bytes` };

/** Connections by server-sent events; what devices say comes by POST. */
export class EventStreams {
  readonly #connections: Connections;
  readonly #passOn: DoorParts['passOn'];
  readonly #instance: string;
  readonly #sessions = new Map<string, Connection>();

  constructor({ connections, passOn, instance }: Pick<DoorParts, 'connections' | 'passOn' | 'instance'>) {
    this.#connections = connections;
    this.#passOn = passOn;
    this.#instance = instance;
  }

  open(response: ServerResponse): void {
    const session = `${this.#instance}.${randomBytes(sessionBytes).toString('base64url')}`;
    // The last one is for nginx, which would keep events until it has a page of them.
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    response.on('error', () => undefined);
    const connection = this.#connections.open({
      transport: 'events',
      session,
      send: (text) => {
        if (response.writableEnded || response.destroyed || response.writableLength > mostBuffered) return false;
        response.write(`data: ${text}\n\n`);
        return true;
      },
      end: (_ending, lastWord) => {
        response.end(`data: ${lastWord}\n\n`);
        const timer = setTimeout(() => response.destroy(), closeLimitMs);
        response.once('close', () => clearTimeout(timer));
      },
      cut: () => void response.destroy(),
    });
    this.#sessions.set(session, connection);
    response.once('close', () => {
      this.#sessions.delete(session);
      this.#connections.closed(connection);
    });
  }

  /** Rejects where the client goes away in the middle. */
  async post(request: IncomingMessage, session: string): Promise<Posted> {
    const body = await readBody(request);
    if (body === undefined) return tooLong;
    if (this.#sessions.has(session)) return this.receive(session, body) ? taken : notMessage;
    return this.#passOn(session, body) ? taken : unknown;
  }

  /** False where it was no message. */
  receive(session: string, text: string): boolean {
    return this.#sessions.get(session)?.receive(text) ?? true;
  }
}

/** Undefined where it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestMessage) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
