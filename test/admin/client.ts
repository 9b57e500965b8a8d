import { adminToken, type TestApp } from '../helpers/app.ts';

export interface Asked<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined where it is no JSON. */
  readonly json: T;
}

export interface AskOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks the status page's listener of a running app; with its token unless `token` says otherwise. */
export async function ask<T = { readonly error?: string }>(
  app: TestApp,
  path: string,
  { method, body, headers = {}, ...options }: AskOptions = {},
): Promise<Asked<T>> {
  const token = 'token' in options ? options.token : adminToken;
  const response = await fetch(urlOf(app, path), {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) as T };
}

export function urlOf({ app }: TestApp, path: string): string {
  return `http://127.0.0.1:${app.admin?.port ?? 0}${path}`;
}

export interface Event<T = unknown> {
  readonly name: string;
  readonly data: T;
}

/** An event of /api/pushes. */
export interface PushStep {
  readonly id: string;
  readonly step: string;
  readonly provider?: string;
  readonly owner?: string;
  readonly decision?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly ms?: number;
}

export interface Stream {
  readonly next: <T>(name: string) => Promise<Event<T>>;
  readonly all: AsyncGenerator<Event, undefined>;
  readonly close: () => void;
}

/** The events of a stream, until it ends or `close` is called. */
export async function openStream(
  app: TestApp,
  path: string,
  { method = 'GET', body }: { readonly method?: string; readonly body?: string } = {},
): Promise<Stream> {
  const ended = new AbortController();
  const response = await fetch(urlOf(app, path), {
    method,
    headers: { authorization: `Bearer ${adminToken}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.any([ended.signal, AbortSignal.timeout(30_000)]),
  });
  if (response.status !== 200 || response.body === null) throw new Error(`${response.status} ${await response.text()}`);
  const all = readEvents(response.body);
  return {
    all,
    close: () => ended.abort(),
    next: async <T>(name: string) => {
      for (;;) {
        const { value, done } = await all.next();
        if (done === true) throw new Error(`ended before ${name}`);
        if (value.name === name) return value as Event<T>;
      }
    },
  };
}

async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<Event, undefined> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    const parts = (text + decoder.decode(chunk, { stream: true })).split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const [, name = '', data = 'null'] = /^event: (\S+)\ndata: (.*)$/s.exec(part) ?? [];
      if (name !== '') yield { name, data: JSON.parse(data) as unknown };
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
