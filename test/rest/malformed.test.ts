import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { send } from './client.ts';
import { buildMalformed, type Malformed } from './malformed.ts';
import type { HeapReport } from './server-process.ts';

const seed = 20261122;
const firstPart = 2_000;
const all = 10_000;
const atOnce = 16;
/** Each has 60 requests a minute, so none of them reaches its limit. */
const clients = 700;
const megabyte = 1024 * 1024;

let server: ChildProcess;
let port: number;

before(async () => {
  server = fork(new URL('./server-process.ts', import.meta.url), { execArgv: ['--expose-gc'] });
  const [started] = (await once(server, 'message')) as [{ port: number }];
  port = started.port;
});
after(async () => {
  const ended = once(server, 'exit');
  server.send('close');
  await ended;
});

async function measureHeap(): Promise<HeapReport> {
  const answered = once(server, 'message') as Promise<[HeapReport]>;
  server.send('report');
  return (await answered)[0];
}

/** The status that came back, or `closed`. Every answer is whole and has an empty body. */
function readStatus(received: string, { kind }: Malformed): number | 'closed' {
  if (received === '') return 'closed';
  const last = received.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(last) ?? [];
  assert.ok(status, `${kind}: ${received.slice(0, 200)}`);
  if (kind !== 'no HTTP' && kind !== 'broken chunks') assert.match(last, /\r\n\r\n$/, `${kind} got a body: ${last}`);
  return Number(status);
}

async function sendAll(requests: Iterator<Malformed>, counts: Map<string, number>): Promise<void> {
  for (let next = requests.next(); next.done !== true; next = requests.next()) {
    const status = readStatus(await send(port, next.value.bytes), next.value);
    const line = `${next.value.kind}: ${status}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
    if (!next.value.allowed.includes(status)) assert.fail(`${line}\n${next.value.bytes.toString('latin1').slice(0, 600)}`);
  }
}

async function sendPart(requests: Iterator<Malformed>, count: number, counts: Map<string, number>): Promise<void> {
  const part = take(requests, count);
  await Promise.all(Array.from({ length: atOnce }, () => sendAll(part, counts)));
}

function* take(requests: Iterator<Malformed>, count: number): Generator<Malformed> {
  for (let n = 0; n < count; n += 1) {
    const next = requests.next();
    if (next.done !== true) yield next.value;
  }
}

test('10 000 malformed requests are refused each in its way, without a complaint and without growth of memory', async (context) => {
  const requests = buildMalformed(all, seed, clients);
  const counts = new Map<string, number>();
  await sendPart(requests, firstPart, counts);
  const early = await measureHeap();
  await sendPart(requests, all - firstPart, counts);
  const late = await measureHeap();
  for (const line of [...counts].map(([kind, count]) => `${kind} ${count}`).toSorted()) context.diagnostic(line);
  context.diagnostic(`heap after ${firstPart}: ${early.heapBytes}, after ${all}: ${late.heapBytes} bytes`);
  assert.equal(
    [...counts.values()].reduce((sum, count) => sum + count),
    all,
  );
  assert.deepEqual([early.complaints, late.complaints], [[], []]);
  assert.ok(late.heapBytes - early.heapBytes < 2 * megabyte, `${late.heapBytes - early.heapBytes} bytes more`);
});

test('500 malformed requests from one client are 404 until its allowance is used up, then 429', async () => {
  const statuses = new Map<number | 'closed', number>();
  const bytes = (n: number) =>
    `POST /unregister-device/push.test HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.10.0.1\r\nConnection: close\r\nContent-Length: 1\r\n\r\n${n % 10}`;
  for (let n = 0; n < 500; n += 1) {
    const status = readStatus(await send(port, bytes(n)), { kind: 'one client', bytes: Buffer.of(), allowed: [] });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  assert.deepEqual([...statuses.keys()], [404, 429]);
  assert.ok((statuses.get(429) ?? 0) > 400);
});
