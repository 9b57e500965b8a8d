import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { loadPageFiles } from '../../../src/admin/page/page.ts';
import { createServer } from '../../../src/base/node/http.ts';
import { buildHistory, buildState, type State } from './states.ts';

export const fakeToken = 'open sesame';

/** What actions answer: a status, and JSON. */
export interface FakeAnswer {
  readonly status?: number;
  readonly body: unknown;
}

/** The API of docs/admin-api.md with answers that a test chooses: for what the real program can't be brought to say at will. */
export interface FakeAdmin {
  readonly url: string;
  state: State;
  readonly history: ReturnType<typeof buildHistory>;
  /** Bodies of the actions that were asked for, by path. */
  readonly asked: { readonly path: string; readonly body: unknown }[];
  answer(path: string, answer: FakeAnswer): void;
  /** To everybody who follows this stream. */
  send(stream: 'events' | 'pushes' | 'doctor', event: string, data: unknown): void;
  /** How many follow this stream. */
  followers(stream: string): number;
  /** Connections end, and new ones are refused until `revive`. */
  cut(): void;
  revive(): void;
  close(): Promise<void>;
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'";

/** Listens on loopback; closed by the caller. */
export async function startFakeAdmin(): Promise<FakeAdmin> {
  const files = loadPageFiles();
  const streams = new Map<string, Set<ServerResponse>>();
  const answers = new Map<string, FakeAnswer>();
  const asked: { path: string; body: unknown }[] = [];
  let isCut = false;

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://fake');
    if (isCut) {
      request.socket.destroy();
      return;
    }
    response.setHeader('content-security-policy', policy);
    const file = files.get(pathname);
    if (file !== undefined) {
      response.writeHead(200, { 'content-type': file.type }).end(file.bytes);
    } else if (request.headers.authorization !== `Bearer ${fakeToken}`) {
      json(response, { status: 401, body: { error: 'The token is wrong.' } });
    } else {
      await serveApi(pathname.replace('/api/', ''), request, response);
    }
  }

  async function serveApi(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: unknown = request.method === 'POST' ? JSON.parse(await text(request)) : undefined;
    if (request.method === 'POST') asked.push({ path, body });
    const answer = answers.get(path);
    if (answer !== undefined) json(response, answer);
    else if (path === 'state') json(response, { body: admin.state });
    else if (path === 'history') json(response, { body: admin.history });
    else if (['events', 'pushes', 'doctor'].includes(path)) follow(path, response);
    else json(response, { status: 404, body: { error: `There is no ${path}.` } });
  }

  function follow(path: string, response: ServerResponse): void {
    const followers = streams.get(path) ?? new Set();
    streams.set(path, followers.add(response));
    response.on('close', () => followers.delete(response));
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
    if (path === 'events') write(response, 'state', admin.state);
  }

  const admin: FakeAdmin = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    state: buildState(),
    history: buildHistory(),
    asked,
    answer: (path, answer) => void answers.set(path, answer),
    send(stream, event, data) {
      for (const response of streams.get(stream) ?? []) write(response, event, data);
    },
    followers: (stream) => streams.get(stream)?.size ?? 0,
    cut() {
      isCut = true;
      server.closeAllConnections();
    },
    revive: () => void (isCut = false),
    async close() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
  return admin;
}

function json(response: ServerResponse, { status = 200, body }: FakeAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const write = (response: ServerResponse, event: string, data: unknown): void =>
  void response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
