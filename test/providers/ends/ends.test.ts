import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Exchange, Request } from '../../../providers/http2/exchange.ts';
import { Http1 } from '../../../providers/http2/http1/http1.ts';
import { never, tally } from '../kit.ts';
import { createService, authority as pushAuthority } from '../webpush/service.ts';
import { accept, authority, createCaller, createRawServer, createRelay, type Caller } from '../http2/raw-server.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const longMs = 30_000;
const headersOf = (authority: string) => [':method', 'POST', ':scheme', 'https', ':authority', authority, ':path', '/x'];

/** A request that ends so long from now, and has more time than that for its answer. */
function build(authority: string, endsInMs: number, changes: Partial<Request> = {}): Request {
  const now = performance.now();
  return { headers: headersOf(authority), body: 'x', deadline: now + longMs, endsAt: now + endsInMs, signal: never, ...changes };
}

const ask = ({ pool }: Caller, endsInMs: number, changes?: Partial<Request>) => pool.request(build(pool.authority, endsInMs, changes));
const kinds = (exchanges: readonly Exchange[]) => tally(exchanges.map(({ kind }) => kind));

test('what is past its end is not written, though there is room and time for an answer', async (context) => {
  const server = await createRawServer(context, accept);
  const caller = createCaller(context, server.origin);
  assert.equal((await caller.request('first')).kind, 'answered');
  assert.deepEqual(await ask(caller, 0), { kind: 'expired', reason: 'expired before it was sent' });
  assert.equal((await caller.request('last')).kind, 'answered');
  assert.deepEqual(server.bodies, ['first', 'last']);
});

test('what ends in the queue for a stream is not sent when the stream is free', async (context) => {
  const answers: (() => void)[] = [];
  const server = await createRawServer(context, (stream) => void answers.push(() => accept(stream)), 1);
  const caller = createCaller(context, server.origin);
  const first = caller.request('first');
  await waitFor('the first request', () => answers.length === 1);
  const late = await ask(caller, 100, { body: 'late' });
  answers[0]?.();
  assert.deepEqual([(await first).kind, late.kind], ['answered', 'expired']);
  assert.deepEqual(server.bodies, ['first']);
});

test('what a GOAWAY gave back and ends before there is another connection is not sent again', async (context) => {
  const server = await createRawServer(context, (stream, count, session) => (count === 2 ? session.goaway(7, 1) : accept(stream)));
  let lookups = 0;
  const resolve = async () => {
    if ((lookups += 1) > 1) await sleep(400);
    return [{ address: '127.0.0.1', family: 4 }];
  };
  const caller = createCaller(context, server.origin, { resolve });
  assert.equal((await caller.request('first')).kind, 'answered');
  assert.equal((await ask(caller, 200, { body: 'given back' })).kind, 'expired');
  assert.equal((await caller.request('next')).kind, 'answered');
  assert.deepEqual(server.bodies, ['first', 'given back', 'next']);
});

test('what was written once without an answer and ends before the second try stays in doubt', async (context) => {
  const server = await createRawServer(context, (stream) => stream.session?.destroy());
  let lookups = 0;
  const resolve = async () => {
    if ((lookups += 1) > 1) await sleep(400);
    return [{ address: '127.0.0.1', family: 4 }];
  };
  const caller = createCaller(context, server.origin, { resolve, repeatsInDoubt: true });
  const exchange = await ask(caller, 200);
  assert.match(exchange.kind === 'in-doubt' ? exchange.reason : exchange.kind, /then expired before it was sent$/);
  assert.equal(server.bodies.length, 1);
});

/** More than the window of a connection at first, 64 KiB, in bodies of two. */
const many = 100;
const large = (index: number) => `${index} `.padEnd(2_048, 'x');

test('before a frozen connection no more is handed over than its window takes: the rest ends with us, and is not sent when it thaws', async (context) => {
  const server = await createRawServer(context, accept);
  const relay = await createRelay(context, server.origin);
  const caller = createCaller(context, relay.origin, { maxSessions: 1 });
  assert.equal((await caller.request('warm')).kind, 'answered');
  relay.freeze();
  const exchanges = await Promise.all(
    Array.from({ length: many }, (_, index) => ask(caller, 300, { body: large(index), deadline: performance.now() + 300 })),
  );
  const { expired = 0, 'in-doubt': doubtful = 0 } = kinds(exchanges);
  assert.equal(expired + doubtful, many);
  assert.ok(doubtful > 0 && doubtful <= 33, `${doubtful} left`);
  relay.thaw();
  assert.equal((await caller.request('next')).kind, 'answered');
  const served = server.bodies.filter((body) => body.length === 2_048);
  assert.ok(served.length <= doubtful, `${served.length} served, ${doubtful} had left`);
});

test('what a connection does not take goes out over another one, once', async (context) => {
  const server = await createRawServer(context, accept);
  const relay = await createRelay(context, server.origin);
  const caller = createCaller(context, relay.origin);
  assert.equal((await caller.request('warm')).kind, 'answered');
  relay.freeze();
  const limits = () => ({ deadline: performance.now() + 4_500 });
  const exchanges = await Promise.all(Array.from({ length: many }, (_, index) => ask(caller, longMs, { body: large(index), ...limits() })));
  const { answered = 0, 'in-doubt': doubtful = 0 } = kinds(exchanges);
  assert.equal(answered + doubtful, many);
  assert.ok(doubtful <= 33, `${doubtful} left over the frozen one`);
  assert.equal(new Set(server.bodies).size, server.bodies.length);
});

test('a window that is used up and opened again holds nothing up', async (context) => {
  const server = await createRawServer(context, accept);
  const caller = createCaller(context, server.origin, { maxSessions: 1 });
  const exchanges = await Promise.all(Array.from({ length: 400 }, (_, index) => ask(caller, longMs, { body: large(index) })));
  assert.deepEqual(kinds(exchanges), { answered: 400 });
  assert.deepEqual([new Set(server.bodies).size, server.sessions.length], [400, 1]);
});

test('a process that stood still until the end of what waits in it does not send that when it goes on', async (context) => {
  const answers: (() => void)[] = [];
  const server = await createRawServer(context, (stream) => void answers.push(() => accept(stream)), 1);
  const program = fileURLToPath(new URL('stopped-client.ts', import.meta.url));
  const child = spawn(process.execPath, [program, server.origin.href], { stdio: ['pipe', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  child.stdin.end(authority.ca);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  await waitFor('the first request', () => answers.length === 1);
  // It says when what waits there is over.
  const endsInMs = Number((await lines.next()).value);
  child.kill('SIGSTOP');
  await sleep(endsInMs);
  answers[0]?.();
  // So that the answer lies there when it goes on.
  await sleep(50);
  child.kill('SIGCONT');
  assert.equal((await lines.next()).value, 'answered expired');
  await once(child, 'exit');
  assert.deepEqual(server.bodies, ['first']);
});

test('over HTTP/1.1, what ends before there is a connection is not written to it', async (context) => {
  const service = await createService(context, 'http/1.1');
  const resolve = async () => {
    await sleep(300);
    return [{ address: '127.0.0.1', family: 4 }];
  };
  const http1 = new Http1({ origin: new URL(service.origin), ca: pushAuthority.ca, resolve });
  context.after(() => http1.close());
  const { host } = new URL(service.origin);
  assert.equal((await http1.request(build(host, 100))).kind, 'expired');
  assert.equal((await http1.request(build(host, longMs))).kind, 'answered');
  assert.equal(service.received.length, 1);
});

test('how long is left is told anew where it was told a second ago, and as it was where not', async (context) => {
  const server = await createRawServer(context, accept);
  const caller = createCaller(context, server.origin);
  const again = () => ({ headers: headersOf(caller.pool.authority), body: 'anew' });
  for (const agoMs of [2_000, 0]) await ask(caller, longMs, { body: 'as it was', telling: { at: performance.now() - agoMs, again } });
  assert.deepEqual(server.bodies, ['anew', 'as it was']);
});
