import { damage } from '../damage.ts';
import type { Body, Request, RestInput } from './inputs.ts';

/** What an input can't know when it is drawn, and what is its own. */
export interface Occasion {
  /** Whom the proxy names unless the headers of the input do so. */
  readonly client: string;
  readonly account: string;
  /** Registered for the account. */
  readonly known: string;
}

/** The bytes of an input. */
export function buildBytes({ request, damages, times }: RestInput, occasion: Occasion): Buffer {
  const bytes = damage(request.kind === 'bytes' ? Buffer.from(request.bytes, 'base64') : buildRequest(request, occasion), damages);
  return Buffer.concat(Array.from({ length: times }, () => bytes));
}

/** The body of a request before anything happened to it. */
function buildBody(body: Body, occasion: Occasion): Buffer {
  switch (body.kind) {
    case 'text':
      return Buffer.from(body.text);
    case 'bytes':
      return Buffer.from(body.bytes, 'base64');
    case 'filled':
      return Buffer.from(body.unit.repeat(body.times));
    case 'device':
      return Buffer.from(buildDevice(body, occasion));
    default:
      return body satisfies never;
  }
}

function buildDevice({ token, field, value = 'null' }: Extract<Body, { kind: 'device' }>, { account, known }: Occasion): string {
  const tokens: Readonly<Record<string, string>> = { known, KNOWN: known.toUpperCase() };
  const device = { account, provider: 'tigase:messenger:apns:1', 'device-token': tokens[token] ?? token };
  const entries = Object.entries(device).filter(([key]) => key !== field);
  const replaced = field === undefined ? [] : [`${JSON.stringify(field)}:${value}`];
  return `{${[...entries.map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`), ...replaced].join(',')}}`;
}

function buildRequest(request: Extract<Request, { kind: 'http' }>, occasion: Occasion): Buffer {
  const body = buildBody(request.body, occasion);
  const { framing, headers } = request;
  const has = (name: string) => headers.some((line) => line.toLowerCase().startsWith(name));
  const lines = [
    `${request.method} ${request.path} HTTP/1.1`,
    ...(has('host') ? [] : ['Host: push.test']),
    ...(has('content-type') ? [] : ['Content-Type: application/json']),
    ...(has('x-forwarded-for') ? [] : [`X-Forwarded-For: ${occasion.client}`]),
    ...headers,
    ...framingLines(framing, body.length),
  ];
  const isChunked = framing === 'chunked' || framing === 'both';
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), isChunked ? chunk(body) : body]);
}

function framingLines(framing: Extract<Request, { kind: 'http' }>['framing'], length: number): readonly string[] {
  switch (framing) {
    case 'length':
      return [`Content-Length: ${length}`];
    case 'chunked':
      return ['Transfer-Encoding: chunked'];
    case 'both':
      return [`Content-Length: ${length}`, 'Transfer-Encoding: chunked'];
    case 'none':
      return [];
    case 'short':
      return [`Content-Length: ${Math.max(0, length - 3)}`];
    case 'long':
      return [`Content-Length: ${length + 3}`];
    case 'twice':
      return [`Content-Length: ${length}`, `Content-Length: ${length + 1}`];
    default:
      return framing satisfies never;
  }
}

/** In two chunks. */
function chunk(body: Buffer): Buffer {
  const half = Math.floor(body.length / 2);
  const parts = [body.subarray(0, half), body.subarray(half)].filter((part) => part.length > 0);
  return Buffer.concat([
    ...parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]),
    Buffer.from('0\r\n\r\n'),
  ]);
}
