import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import test from 'node:test';
import type { Exchange } from '../../../providers/http2/exchange.ts';
import { tally } from '../kit.ts';
import { accept, createCaller, createRawServer, createRelay, type Handle } from './raw-server.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const kinds = (exchanges: readonly Exchange[]) => tally(exchanges.map((exchange) => exchange.kind));

test('requests are answered with status, headers and the body of a refusal', async (context) => {
  const { origin } = await createRawServer(context, (stream) => {
    stream.respond({ ':status': 418, 'x-kind': 'teapot' });
    stream.end('short and stout');
  });
  const exchange = await createCaller(context, origin).request();
  assert.ok(exchange.kind === 'answered');
  assert.deepEqual([exchange.status, exchange.headers['x-kind'], exchange.body], [418, 'teapot', 'short and stout']);
});

test('a server that allows one stream at first gets one, and the rest when it allows 1000', async (context) => {
  const server = await createRawServer(
    context,
    (stream, count, session) => {
      if (count === 1) session.settings({ maxConcurrentStreams: 1000 });
      accept(stream);
    },
    1,
  );
  assert.deepEqual(kinds(await createCaller(context, server.origin).burst(300)), { answered: 300 });
  assert.deepEqual([server.bodies.length, server.sessions.length], [300, 1]);
});

/** What a server does to the 100th request of 400, and what may come of them. */
const faults: Readonly<Record<string, { readonly fault: Handle; readonly allowed: readonly Exchange['kind'][] }>> = {
  'a stream that ends without response': { fault: (stream) => stream.close(0), allowed: ['answered', 'in-doubt'] },
  'a stream reset with INTERNAL_ERROR': { fault: (stream) => stream.close(2), allowed: ['answered', 'in-doubt'] },
  'GOAWAY 0 for what it has read': { fault: leave, allowed: ['answered', 'unsent'] },
  'GOAWAY 7, then gone': { fault: breakOff, allowed: ['answered', 'in-doubt'] },
  'the session destroyed': { fault: (_, __, session) => session.destroy(), allowed: ['answered', 'in-doubt'] },
};

function leave(...[stream, , session]: Parameters<Handle>): void {
  accept(stream);
  session.close();
}

function breakOff(...[, , session]: Parameters<Handle>): void {
  session.goaway(7, 1);
  session.destroy();
}

for (const [name, { fault, allowed }] of Object.entries(faults))
  test(`${name} in the middle of a burst: every request settles, and the next one is answered`, async (context) => {
    const server = await createRawServer(context, (stream, count, session) =>
      count === 100 ? fault(stream, count, session) : accept(stream),
    );
    const { request, burst } = createCaller(context, server.origin);
    // A connection that ends before it was of any use is another matter.
    await request();
    const exchanges = await burst(400);
    assert.equal(exchanges.length, 400);
    for (const { kind } of exchanges) assert.ok(allowed.includes(kind), kind);
    assert.equal((await request()).kind, 'answered');
  });

for (const [name, cut] of [
  ['FIN', 'destroy'],
  ['RST', 'resetAndDestroy'],
] as const)
  test(`TCP ${name} in the middle of a burst: unanswered requests are in doubt, none is sent twice`, async (context) => {
    const server = await createRawServer(context, (stream, count) => {
      if (count === 100) server.sockets[0]?.[cut]();
      else accept(stream);
    });
    const { request, burst } = createCaller(context, server.origin);
    await request();
    const { answered = 0, 'in-doubt': doubtful = 0, unsent = 0 } = kinds(await burst(400));
    assert.equal(answered + doubtful + unsent, 400);
    assert.ok(doubtful > 0);
    assert.equal(new Set(server.bodies).size, server.bodies.length);
    assert.equal((await request()).kind, 'answered');
  });

test('after GOAWAY 7 streams above the last stream id are resent and those below are in doubt', async (context) => {
  const waiting: (() => void)[] = [];
  const server = await createRawServer(context, (stream, count, session) => {
    if (server.sessions.length > 1) accept(stream);
    else waiting.push(() => accept(stream));
    // Stream ids are 1, 3, 5 …: the first three are "processed".
    if (count === 10 && server.sessions.length === 1) session.goaway(7, 5);
  });
  const exchanges = await createCaller(context, server.origin).burst(10);
  assert.deepEqual(kinds(exchanges), { 'in-doubt': 3, answered: 7 });
  assert.match(exchanges[0]?.kind === 'in-doubt' ? exchanges[0].reason : '', /GOAWAY code 7/);
  assert.equal(waiting.length, 10);
});

test('a GOAWAY whose sender never closes leaves no connection behind', async (context) => {
  const server = await createRawServer(context, (stream, count, session) => {
    accept(stream);
    if (count === 1) session.goaway(0, 1);
  });
  const { pool, request } = createCaller(context, server.origin);
  await request();
  await waitFor('the pool to have no session', () => pool.sessions === 0);
  assert.equal((await request()).kind, 'answered');
  assert.equal(pool.sessions, 1);
});

test('a refused stream is sent again, and a server that refuses everything is not asked for ever', async (context) => {
  let seen = 0;
  const server = await createRawServer(context, (stream) => {
    seen += 1;
    stream.close(7);
  });
  assert.deepEqual(kinds(await createCaller(context, server.origin).burst(50)), { unsent: 50 });
  assert.ok(seen > 50 && seen <= 200, `${seen} requests seen`);
});

test('one refusal costs nothing: the request is answered at the second try', async (context) => {
  const server = await createRawServer(context, (stream, count) => (count <= 20 ? stream.close(7) : accept(stream)));
  assert.deepEqual(kinds(await createCaller(context, server.origin).burst(50)), { answered: 50 });
});

test('a peer frozen with requests under way is given up by PING, long before their deadline', async (context) => {
  const server = await createRawServer(context, (_, count) => (count === 20 ? relay.freeze() : undefined));
  const relay = await createRelay(context, server.origin);
  const { pool, burst } = createCaller(context, relay.origin);
  const exchanges = await burst(20);
  for (const exchange of exchanges) assert.deepEqual(exchange, { kind: 'in-doubt', reason: 'no answer to a ping' });
  await waitFor('the pool to have no session', () => pool.sessions === 0);
});

test('a server that answers pings but not requests: they settle at their deadline', async (context) => {
  const server = await createRawServer(context, () => undefined);
  const { pool, request } = createCaller(context, server.origin);
  assert.deepEqual(await request('x', 300), { kind: 'in-doubt', reason: 'no answer in time' });
  assert.equal(pool.sessions, 1);
});

test('an aborted request settles and leaves no listener on its signal', async (context) => {
  const server = await createRawServer(context, () => aborter.abort());
  const aborter = new AbortController();
  const { request } = createCaller(context, server.origin);
  assert.deepEqual(await request('x', 30_000, aborter.signal), { kind: 'in-doubt', reason: 'aborted' });
  assert.deepEqual(await request('x', 30_000, aborter.signal), { kind: 'unsent', reason: 'aborted' });
  assert.equal(getEventListeners(aborter.signal, 'abort').length, 0);
});

test('close waits for requests under way and turns new ones away', async (context) => {
  const arrived = Promise.withResolvers<() => void>();
  const server = await createRawServer(context, (stream) => arrived.resolve(() => accept(stream)));
  const { pool, request } = createCaller(context, server.origin);
  const underWay = request();
  const answer = await arrived.promise;
  const closed = pool.close();
  assert.deepEqual(await request(), { kind: 'unsent', reason: 'closing' });
  answer();
  assert.equal((await underWay).kind, 'answered');
  await closed;
  assert.equal(pool.sessions, 0);
});

test('close gives up a server that never answers', async (context) => {
  const arrived = Promise.withResolvers<undefined>();
  const server = await createRawServer(context, () => arrived.resolve(undefined));
  const { pool, request } = createCaller(context, server.origin);
  const underWay = request();
  await arrived.promise;
  await pool.close();
  assert.deepEqual(await underWay, { kind: 'in-doubt', reason: 'closing' });
});

test('beyond 10000 waiting requests the next are turned away', async (context) => {
  const server = await createRawServer(context, () => undefined, 1);
  const { pool, burst, request } = createCaller(context, server.origin);
  const waiting = burst(10_000);
  assert.deepEqual(await request(), { kind: 'unsent', reason: 'queue full' });
  await pool.close();
  assert.equal((await waiting).length, 10_000);
});

test('load beyond one connection opens further ones, four at most', async (context) => {
  const held: (() => void)[] = [];
  const server = await createRawServer(context, (stream) => void held.push(() => accept(stream)));
  const { pool, burst } = createCaller(context, server.origin, { silentAfterMs: Infinity });
  const exchanges = burst(2_500);
  await waitFor('2000 requests under way', () => held.length >= 2_000);
  assert.equal(pool.sessions, 4);
  const pump = setInterval(() => held.splice(0).forEach((answer) => answer()), 20);
  assert.deepEqual(kinds(await exchanges), { answered: 2_500 });
  clearInterval(pump);
  assert.equal(server.sessions.length, 4);
});

test('after a polite GOAWAY a peer that freezes is given up too, though it never closes its end', async (context) => {
  const server = await createRawServer(context, (_, count, session) => (count === 1 ? session.goaway(0, 2 ** 31 - 1) : undefined));
  const relay = await createRelay(context, server.origin);
  const { pool, events, request } = createCaller(context, relay.origin);
  const underWay = request();
  await waitFor('the GOAWAY', () => events.includes('http2-goaway'));
  relay.freeze();
  assert.equal((await underWay).kind, 'in-doubt');
  await waitFor('the pool to have no session', () => pool.sessions === 0);
});
