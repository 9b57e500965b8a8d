import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { get } from '../../base/node/http.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly filter: Readonly<Record<string, string | undefined>>;
}

export interface Hearing {
  /** Awaited, so that who reads the lines slowly is slow and needs no memory. */
  readonly onEvent: (name: string, data: unknown) => Promise<void>;
  /** Events may come from now on. */
  readonly onOpen: () => void;
}

/** Why there are no more events: trying again may help, or not. */
export interface End {
  readonly kind: 'lost' | 'refused';
  readonly words: string;
}

/** The other side gives a sign of life every 15 seconds. */
const silentMs = 45_000;
/** No event is nearly as long. */
const longestEvent = 64 * 1024;

const refusal = z.object({ error: z.string() });

/** Hears of pushes until the signal aborts or the connection ends. Never rejects. */
export function follow({ host, port, token, filter }: Target, hearing: Hearing, signal: AbortSignal): Promise<End> {
  const given = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const path = `/api/pushes?${new URLSearchParams(given).toString()}`;
  const { promise, resolve, reject } = Promise.withResolvers<End>();
  const headers = { authorization: `Bearer ${token}` };
  // Not by a proxy, and by a connection of its own that ends with the answer.
  const request = get({ host, port, path, headers, agent: false, signal, timeout: silentMs }, (response) => {
    (response.statusCode === 200 ? hear(response, hearing) : readRefusal(response)).then(resolve, reject);
  });
  request.on('timeout', () => request.destroy(new Error(`silent for ${silentMs / 1_000} s`)));
  request.on('error', reject);
  return promise.catch((error: unknown) => ({ kind: 'lost', words: explain(error) }));
}

async function hear(response: IncomingMessage, { onEvent, onOpen }: Hearing): Promise<End> {
  onOpen();
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    const parts = (text + chunk).split('\n\n');
    text = parts.pop() ?? '';
    if (text.length > longestEvent) return { kind: 'lost', words: 'what came is not the stream of a Reveille' };
    for (const part of parts) {
      const [, name, data] = /^event: (\S+)\ndata: (.*)$/s.exec(part) ?? [];
      if (name !== undefined && data !== undefined) await onEvent(name, JSON.parse(data) as unknown);
    }
  }
  return { kind: 'lost', words: 'Reveille has ended the connection' };
}

/** What it says of too many wrong tokens and too many followers may be otherwise in a while; nothing else. */
async function readRefusal(response: IncomingMessage): Promise<End> {
  const status = response.statusCode ?? 0;
  const chunks: string[] = [];
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) if (chunks.join('').length < longestEvent) chunks.push(chunk);
  const parsed = refusal.safeParse(parseJson(chunks.join('')));
  const words = parsed.success ? parsed.data.error : `answers ${status}: it is no Reveille, or one without a status page`;
  return { kind: status === 429 || status >= 500 ? 'lost' : 'refused', words };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Another program has the port.
    return undefined;
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'ECONNREFUSED' ? 'nobody listens there: Reveille does not run, or not yet' : error.message;
}
