import { damage } from '../damage.ts';
import type { Body, Request, RestInput } from './inputs.ts';

/** The account that has the known tokens, and many that have nothing; each may ask for some only in a minute. */
export function accountOf(user: number): string {
  return `user${user}@example.net`;
}

/** The bytes of an input. `client` is whom the proxy names unless the headers of the input do so. */
export function buildBytes({ request, damages, times }: RestInput, client: string, known: string): Buffer {
  const bytes = damage(request.kind === 'bytes' ? Buffer.from(request.bytes, 'base64') : buildRequest(request, client, known), damages);
  return Buffer.concat(Array.from({ length: times }, () => bytes));
}

/** The body of a request before anything happened to it. */
export function buildBody(body: Body, known: string): Buffer {
  switch (body.kind) {
    case 'text':
      return Buffer.from(body.text);
    case 'bytes':
      return Buffer.from(body.bytes, 'base64');
    case 'filled':
      return Buffer.from(body.unit.repeat(body.times));
    case 'device':
      return Buffer.from(buildDevice(body, known));
    default:
      return body satisfies never;
  }
}

function buildDevice({ user, token, field, value = 'null' }: Extract<Body, { kind: 'device' }>, known: string): string {
  const tokens: Readonly<Record<string, string>> = { known, KNOWN: known.toUpperCase() };
  const device = { account: accountOf(user), provider: 'tigase:messenger:apns:1', 'device-token': tokens[token] ?? token };
  const entries = Object.entries(device).filter(([key]) => key !== field);
  const replaced = field === undefined ? [] : [`${JSON.stringify(field)}:${value}`];
  return `{${[...entries.map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`), ...replaced].join(',')}}`;
}

function buildRequest(request: Extract<Request, { kind: 'http' }>, client: string, known: string): Buffer {
  const body = buildBody(request.body, known);
  const { framing, headers } = request;
  const has = (name: string) => headers.some((line) => line.toLowerCase().startsWith(name));
  const lines = [
    `${request.method} ${request.path} HTTP/1.1`,
    ...(has('host') ? [] : ['Host: push.test']),
    ...(has('content-type') ? [] : ['Content-Type: application/json']),
    ...(has('x-forwarded-for') ? [] : [`X-Forwarded-For: ${client}`]),
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
