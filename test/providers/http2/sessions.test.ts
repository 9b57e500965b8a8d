import assert from 'node:assert/strict';
import type { ServerHttp2Stream } from 'node:http2';
import test from 'node:test';
import { Standing } from '../../../providers/http2/session/standing.ts';
import { tally } from '../kit.ts';
import { accept, createCaller, createRawServer, createRelay } from './raw-server.ts';

const hourMs = 3_600_000;

async function until(condition: () => boolean): Promise<void> {
  const limit = Date.now() + 20_000;
  while (!condition()) {
    assert.ok(Date.now() < limit, 'the condition never came true');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('where it starts at one, nothing more is sent before a request was accepted; a refusal does not count', async (context) => {
  const held: ServerHttp2Stream[] = [];
  const server = await createRawServer(context, (stream) => void held.push(stream));
  const { burst } = createCaller(context, server.origin, { startsAtOne: true });
  const answers = burst(50);
  await until(() => held.length > 0);
  held.splice(0).forEach((stream) => stream.respond({ ':status': 400 }, { endStream: true }));
  await until(() => held.length > 0);
  assert.equal(held.length, 1);
  held.splice(0).forEach(accept);
  await until(() => held.length === 48);
  held.forEach(accept);
  assert.deepEqual(tally((await answers).map((answer) => (answer.kind === 'answered' ? String(answer.status) : answer.kind))), {
    200: 49,
    400: 1,
  });
});

test('what is in doubt is sent once more with the same headers where that is wanted, and counted', async (context) => {
  const server = await createRawServer(context, (stream, count) => (count <= 3 ? stream.close(0) : accept(stream)));
  const { pool, burst } = createCaller(context, server.origin, { repeatsInDoubt: true });
  assert.deepEqual(tally((await burst(10)).map(({ kind }) => kind)), { answered: 10 });
  const { sent, resentInDoubt, inDoubt } = pool.traffic;
  assert.deepEqual({ sent, resentInDoubt, inDoubt }, { sent: 13, resentInDoubt: 3, inDoubt: 0 });
});

test('what stays in doubt after the second try is called so', async (context) => {
  const server = await createRawServer(context, (stream) => stream.close(0));
  const { pool, request } = createCaller(context, server.origin, { repeatsInDoubt: true });
  assert.equal((await request()).kind, 'in-doubt');
  assert.equal(server.bodies.length, 2);
  assert.deepEqual([pool.traffic.resentInDoubt, pool.traffic.inDoubt], [1, 1]);
});

test('what was in doubt once is never called unsent, though the second try did not come about', async (context) => {
  const server = await createRawServer(context, () => server.sockets.forEach((socket) => socket.resetAndDestroy()));
  const { origin } = server;
  let isGone = false;
  const resolve = () => (isGone ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve([{ address: '127.0.0.1', family: 4 }]));
  const { request } = createCaller(context, origin, { repeatsInDoubt: true, resolve });
  const underWay = request();
  await until(() => server.sessions.length > 0);
  isGone = true;
  const exchange = await underWay;
  assert.equal(exchange.kind, 'in-doubt');
});

test('a frozen peer gets nothing new while it is under suspicion: another connection answers', async (context) => {
  const server = await createRawServer(context, (stream, count) => (count === 1 ? relay.freeze() : accept(stream)));
  const relay = await createRelay(context, server.origin);
  const { pool, request } = createCaller(context, relay.origin, { repeatsInDoubt: true });
  const first = request('first');
  const order: string[] = [];
  const note = (name: string) => () => void order.push(name);
  const all = [first.then(note('first'))];
  // Those sent before the suspicion are stuck with the first; those sent after it are not, and come back before it does.
  while (!order.includes('first')) {
    all.push(request('later').then(note('later')));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await Promise.all(all);
  assert.equal(order[0], 'later');
  assert.equal((await first).kind, 'answered');
  assert.equal(pool.traffic.connections, 2);
});

test('a connection past its age is replaced by a new one, and no request is lost', async (context) => {
  const server = await createRawServer(context, (stream) => setTimeout(() => accept(stream), 20));
  const { pool, request } = createCaller(context, server.origin, { sessionAgeMs: 500 });
  let isDone = false;
  const kinds: string[] = [];
  const lane = async () => {
    while (!isDone) kinds.push((await request()).kind);
  };
  const lanes = Promise.all([lane(), lane(), lane()]);
  await until(() => server.sessions.length >= 3);
  isDone = true;
  await lanes;
  assert.deepEqual(Object.keys(tally(kinds)), ['answered']);
  assert.ok(pool.sessions <= 2, `${pool.sessions} open`);
});

test('connections are spread over the addresses of the host, asked for each time', async (context) => {
  const server = await createRawServer(context, () => undefined, 500, '0.0.0.0');
  let lookups = 0;
  const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'].map((address) => ({ address, family: 4 }));
  const resolve = () => {
    lookups += 1;
    return Promise.resolve(addresses);
  };
  const { pool, burst } = createCaller(context, server.origin, { resolve });
  const waiting = burst(2_500);
  await until(() => pool.sessions === 4);
  assert.equal(lookups, 4);
  assert.deepEqual(new Set(server.sockets.map(({ localAddress }) => localAddress)), new Set(addresses.map(({ address }) => address)));
  server.sockets.forEach((socket) => socket.destroy());
  await pool.close();
  await waiting;
});

test('an address that refuses is passed by', async (context) => {
  const server = await createRawServer(context, accept);
  const resolve = () => Promise.resolve(['127.0.0.9', '127.0.0.1'].map((address) => ({ address, family: 4 })));
  for (let count = 0; count < 6; count += 1)
    assert.equal((await createCaller(context, server.origin, { resolve }).request()).kind, 'answered');
});

test('where the server lowers its limit, another connection takes the rest', async (context) => {
  const held: ServerHttp2Stream[] = [];
  const server = await createRawServer(context, (stream, count, session) => {
    if (count === 1) session.settings({ maxConcurrentStreams: 1 }, () => accept(stream));
    else held.push(stream);
  });
  const { pool, request, burst } = createCaller(context, server.origin);
  await request();
  const answers = burst(100);
  // One on the first connection, the rest on another.
  await until(() => held.length >= 99);
  assert.equal(server.sessions.length, 2);
  const pump = setInterval(() => held.splice(0).forEach(accept), 10);
  assert.deepEqual(tally((await answers).map(({ kind }) => kind)), { answered: 100 });
  clearInterval(pump);
  assert.equal(pool.sessions, 2);
});

test('after many refusals in a row a connection gets one request at a time, until one is accepted', async (context) => {
  const held: ServerHttp2Stream[] = [];
  const server = await createRawServer(context, (stream, count) =>
    count <= 20 ? stream.respond({ ':status': 400 }, { endStream: true }) : held.push(stream),
  );
  const { pool, request, burst } = createCaller(context, server.origin, { resentsRefusals: true });
  for (let count = 0; count < 20; count += 1) await request();
  const answers = burst(10);
  await until(() => held.length > 0);
  held.splice(0).forEach((stream) => stream.respond({ ':status': 400 }, { endStream: true }));
  await until(() => held.length > 0);
  assert.equal(held.length, 1);
  held.splice(0).forEach(accept);
  await until(() => held.length === 8);
  held.forEach(accept);
  await answers;
  assert.equal(pool.traffic.connections, 1);
});

test('refusals in a row make a session rest and an acceptance ends it; 410, 5xx and single ones do not', () => {
  const standing = new Standing({ resentsRefusals: true });
  standing.limited(1000);
  for (let count = 0; count < 100; count += 1) standing.answered(count % 2 === 0 ? 410 : 503);
  assert.equal(standing.limit(1000), 500);
  for (let count = 0; count < 100; count += 1) standing.answered(count % 19 === 0 ? 200 : 400);
  assert.equal(standing.limit(1000), 500);
  for (let count = 0; count < 20; count += 1) standing.answered(400);
  assert.deepEqual([standing.limit(1000), standing.wantsCompany(1000)], [1, false]);
  standing.answered(410);
  assert.equal(standing.limit(1000), 1);
  standing.answered(200);
  assert.deepEqual([standing.limit(1000), standing.wantsCompany(1000), standing.limit(7)], [500, true, 7]);
});

test('refusals in a row are no reason to rest where the server does not resent them', () => {
  const standing = new Standing({});
  for (let count = 0; count < 100; count += 1) standing.answered(404);
  assert.equal(standing.limit(1000), 500);
});

test('a server that bears few streams and connections gets no more, whatever it allows', async (context) => {
  const held: ServerHttp2Stream[] = [];
  const server = await createRawServer(context, (stream) => held.push(stream));
  const { pool, burst } = createCaller(context, server.origin, { maxStreams: 100, maxSessions: 2 });
  const answers = burst(500);
  await until(() => held.length === 200);
  assert.equal(server.sessions.length, 2);
  const pump = setInterval(() => held.splice(0).forEach(accept), 10);
  assert.deepEqual(tally((await answers).map(({ kind }) => kind)), { answered: 500 });
  clearInterval(pump);
  assert.deepEqual([pool.sessions, pool.traffic.connections], [2, 2]);
});

test('the body of an answer is there whatever its status', async (context) => {
  const server = await createRawServer(context, (stream) => {
    stream.respond({ ':status': 200 });
    stream.end('{"name":"x"}');
  });
  const exchange = await createCaller(context, server.origin).request();
  assert.ok(exchange.kind === 'answered');
  assert.equal(exchange.body, '{"name":"x"}');
});

test('a session lives about as long as it should, each a little differently', async (context) => {
  const server = await createRawServer(context, accept);
  const callers = Array.from({ length: 3 }, () => createCaller(context, server.origin, { sessionAgeMs: hourMs }));
  const ends: number[] = [];
  for (const { request } of callers) {
    const exchange = await request();
    assert.ok(exchange.kind === 'answered');
    ends.push(exchange.session.endOfLife - performance.now());
  }
  for (const end of ends) assert.ok(end > 0.74 * hourMs && end < 1.25 * hourMs, String(end));
  assert.equal(new Set(ends.map(Math.round)).size, 3);
});
