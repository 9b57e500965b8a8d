import { once } from 'node:events';
import { constants, createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createServer as createHttp1 } from 'node:https';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Authority } from '../../src/sandbox/authority.ts';
import type { Ledger } from '../faults/ledger.ts';

/** What is done to a push in place of an answer. */
export type Misdeed =
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfter?: number }
  | { readonly kind: 'goaway'; readonly code: number }
  | { readonly kind: 'rst' | 'fin' | 'freeze' | 'silence' | 'close' }
  | { readonly kind: 'delay'; readonly ms: number };

/** A push service with no opinion of its own: it takes every push, counts it, and does wrong where it is told. */
export interface PushService {
  readonly origin: string;
  /** To the pushes from `after` on, `times` of them, counted from now. */
  misbehave(misdeed: Misdeed, scope: { readonly after: number; readonly times?: number }): void;
  close(): Promise<void>;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

interface Plan {
  readonly misdeed: Misdeed;
  readonly first: number;
  readonly last: number;
}

/** The token of a path is told to the ledger: `tokenOf` knows it. */
export async function createPushService(
  authority: Authority,
  speaks: 'h2' | 'http/1.1',
  ledger: Ledger,
  tokenOf: (path: string) => string,
): Promise<PushService> {
  const service = new FaultyService(authority, speaks, ledger, tokenOf);
  await service.listen();
  return service;
}

class FaultyService implements PushService {
  readonly #server: Server;
  readonly #ledger: Ledger;
  readonly #tokenOf: (path: string) => string;
  readonly #sockets = new Map<number | undefined, Socket>();
  /** Connections on which no request is answered any more; by their port at the client. */
  readonly #frozen = new Set<number | undefined>();
  #plan: Plan | undefined;
  #count = 0;

  constructor(authority: Authority, speaks: 'h2' | 'http/1.1', ledger: Ledger, tokenOf: (path: string) => string) {
    this.#ledger = ledger;
    this.#tokenOf = tokenOf;
    this.#server = speaks === 'h2' ? createSecureServer(authority.server) : createHttp1(authority.server);
    this.#server.on('connection', (socket: Socket) => {
      const { remotePort } = socket;
      this.#sockets.set(remotePort, socket);
      socket.on('error', () => undefined).once('close', () => this.#sockets.delete(remotePort));
    });
    this.#server.on('request', (request: Request, response: Response) => this.#serve(request, response));
  }

  get origin(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  misbehave(misdeed: Misdeed, { after, times = 1 }: { readonly after: number; readonly times?: number }): void {
    this.#plan = { misdeed, first: this.#count + after, last: this.#count + after + times - 1 };
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets.values()) socket.destroy();
    await once(this.#server, 'close');
  }

  #serve(request: Request, response: Response): void {
    request.on('error', () => undefined).resume();
    request.once('end', () => {
      const plan = this.#plan;
      const isMisbehaved = plan !== undefined && this.#count >= plan.first && this.#count <= plan.last;
      this.#count += 1;
      const token = this.#tokenOf(request.url ?? '');
      this.#ledger.requested(token, isMisbehaved);
      if (this.#frozen.has(request.socket.remotePort)) return;
      if (isMisbehaved) this.#do(plan.misdeed, token, request, response);
      else this.#answer(token, response, 201);
    });
  }

  /** The ledger knows acceptance as 200. */
  #answer(token: string, response: Response, status: number, headers: OutgoingHttpHeaders = {}): void {
    this.#ledger.answered({ token, status: status === 201 ? 200 : status });
    (response as ServerResponse).writeHead(status, headers).end();
  }

  #do(misdeed: Misdeed, token: string, request: Request, response: Response): void {
    const socket = this.#sockets.get(request.socket.remotePort);
    switch (misdeed.kind) {
      case 'answer': {
        const { status, retryAfter } = misdeed;
        return this.#answer(token, response, status, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });
      }
      case 'delay':
        return void setTimeout(() => this.#answer(token, response, 201), misdeed.ms);
      case 'goaway':
        if ('stream' in response) response.stream.session?.goaway(misdeed.code);
        return this.#answer(token, response, 201);
      case 'rst':
        return void socket?.resetAndDestroy();
      case 'fin':
        return void socket?.end();
      case 'freeze':
        return void this.#frozen.add(request.socket.remotePort);
      case 'close':
        if ('stream' in response) response.stream.close(constants.NGHTTP2_NO_ERROR);
        else socket?.destroy();
        return;
      case 'silence':
        return;
      default:
        return misdeed satisfies never;
    }
  }
}
