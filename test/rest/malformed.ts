import { createRandom, type Random } from './random.ts';

/** The domain of the component under attack. */
export const jid = 'push.test';

/** A request as bytes, with what may come back: a status, or `closed` where the connection may just end. */
export interface Malformed {
  readonly kind: string;
  readonly bytes: Buffer;
  readonly allowed: readonly (number | 'closed')[];
}

/** HTTP, but nothing we serve; and bytes that are no HTTP at all. */
const refused = [404];
const noHttp = [400, 404, 413, 'closed'] as const;
const path = `/rest/push/unregister-device/${jid}`;
const device = { account: 'anna@example.net', provider: 'tigase:messenger:apns:1', 'device-token': 'A1B2C3' };
const prototypeKeys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'];
const wrongValues = [null, true, 0, -1e308, '', '\0', [], {}, [device], { length: 3 }, 'x'.repeat(5000), '\u{1F4A3}', '\ud800', ' '];
const tricks = ['..', '.', '%2e%2e', '%2E%2E%2F', '%00', '%', '%zz', '%ff%fe', '%c0%ae', ';', '\\', '%5c', '~', '*', '{}', '..;', '%252e'];
const methods = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'MKCOL', 'LOCK', 'SEARCH', 'QUERY'];
const types = [
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json+x',
  '',
];
const headers = [
  'Expect: nonsense',
  'Expect: 100-continue',
  'Upgrade: websocket\r\nConnection: Upgrade',
  'Content-Encoding: gzip',
  'Accept: \xff\xfe',
  'Cookie: __proto__=1; koa.sess=eyJ9',
  'Host: [::1',
  'X-Forwarded-Host: ../../etc/passwd',
  'Range: bytes=0-18446744073709551615',
  'If-None-Match: *',
  'Transfer-Encoding: identity',
  `X-Long: ${'y'.repeat(7000)}`,
  Array.from({ length: 150 }, (_, n) => `X-${n}: ${n}`).join('\r\n'),
];

type Build = (random: Random, address: string) => Malformed;

const builders: readonly Build[] = [
  (random, address) => post('broken JSON', cut(random, JSON.stringify(device)), address),
  (random, address) => post('shuffled JSON', shuffle(random, JSON.stringify(device)), address),
  (random, address) =>
    post('a wrong value', JSON.stringify({ ...device, [random.pick(Object.keys(device))]: random.pick(wrongValues) }), address),
  (random, address) => post('a missing field', JSON.stringify({ ...device, [random.pick(Object.keys(device))]: undefined }), address),
  (random, address) => post('prototype keys', `{"${random.pick(prototypeKeys)}":${JSON.stringify(device)}}`, address),
  (random, address) => post('deep JSON', random.pick(['[', '{"a":']).repeat(random.below(1300) + 1), address),
  (random, address) => post('random bytes', random.bytes(random.below(4000)), address),
  (random, address) =>
    post('another encoding', Buffer.from(JSON.stringify(device), random.pick(['utf16le', 'base64', 'hex'] as const)), address),
  (random, address) => ({ ...post('a huge body', Buffer.alloc(8193 + random.below(150_000), 0x20), address), allowed: [413] }),
  (random, address) => post('a wrong type', JSON.stringify(device), address, { type: random.pick(types) }),
  (random, address) => post('an absurd header', '{', address, { header: random.pick(headers) }),
  (random, address) => post('a tricky path', JSON.stringify(device), address, { path: trick(random) }),
  (random, address) => post('another component', JSON.stringify(device), address, { path: `/unregister-device/${random.text(20)}.test` }),
  (random, address) => ({ ...post('a wrong method', JSON.stringify(device), address, { method: random.pick(methods) }), allowed: refused }),
  (random, address) => buildChunked(random, address),
  (random) => buildGarbage(random),
  (random) => ({
    kind: 'too long a header',
    bytes: Buffer.from(`POST ${path} HTTP/1.1\r\nHost: ${jid}\r\nX: ${'z'.repeat(8200 + random.below(9000))}\r\n\r\n`),
    allowed: [413, 'closed'],
  }),
];

/** Always the same requests for the same seed, every kind in turn, from some hundred clients behind one proxy. */
export function* buildMalformed(count: number, seed: number, clients: number): Generator<Malformed> {
  const random = createRandom(seed);
  for (let n = 0; n < count; n += 1) {
    const client = n % clients;
    yield builders[n % builders.length]!(random, `10.9.${client >> 8}.${client & 255}`);
  }
}

interface Extra {
  readonly path?: string;
  readonly method?: string;
  readonly type?: string;
  readonly header?: string;
}

function post(kind: string, body: string | Buffer, address: string, extra: Extra = {}): Malformed {
  const { method = 'POST', type = 'application/json', header } = extra;
  const lines = [
    `${method} ${extra.path ?? path} HTTP/1.1`,
    `Host: ${jid}`,
    `X-Forwarded-For: ${address}`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...(header === undefined ? [] : [header]),
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return { kind, bytes: Buffer.concat([head, Buffer.from(body)]), allowed: header === undefined ? refused : noHttp };
}

function buildChunked(random: Random, address: string): Malformed {
  const head = `POST ${path} HTTP/1.1\r\nHost: ${jid}\r\nX-Forwarded-For: ${address}\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n`;
  const chunks = random.pick([
    'zz\r\n{}\r\n0\r\n\r\n',
    '-1\r\n{}\r\n0\r\n\r\n',
    'ffffffffffffffffff\r\n{}\r\n0\r\n\r\n',
    '2\r\n{}X0\r\n\r\n',
    `2;${'e'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
    '2\r\n{}\r\n0\r\nTrailer: x\r\n: \r\n\r\n',
    '1\r\n{\r\n'.repeat(200),
  ]);
  return {
    kind: 'broken chunks',
    bytes: Buffer.from(`${head}${random.pick(['', 'Content-Length: 5\r\n'])}\r\n${chunks}`),
    allowed: noHttp,
  };
}

function buildGarbage(random: Random): Malformed {
  const line = random.pick([
    'GET\r\n\r\n',
    'POST / HTTP/9.9\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    'POST / HTTP/1.1\r\nno colon\r\n\r\n',
    'POST / HTTP/1.1\r\n\r\n',
    'POST http://[ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'POST //[ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    `CONNECT ${jid}:443 HTTP/1.1\r\nHost: a\r\n\r\n`,
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    '<?xml version="1.0"?><stream:stream>',
    '\r\n\r\n\r\n',
  ]);
  return {
    kind: 'no HTTP',
    bytes: random.below(2) === 0 ? Buffer.from(line, 'latin1') : random.bytes(1 + random.below(500)),
    allowed: noHttp,
  };
}

function cut(random: Random, text: string): string {
  return text.slice(0, random.below(text.length));
}

function shuffle(random: Random, text: string): string {
  const letters = Array.from(text, (letter) => ({ letter, rank: random.below(1e9) }));
  // A brace first is no JSON object's end.
  return `}${letters
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ letter }) => letter)
    .join('')}`;
}

function trick(random: Random): string {
  const segments = path.split('/').slice(1);
  segments.splice(random.below(segments.length + 1), random.below(2), random.pick(tricks), random.pick(tricks));
  return `/${segments.join('/')}`;
}
