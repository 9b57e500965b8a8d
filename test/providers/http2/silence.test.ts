import assert from 'node:assert/strict';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import test, { type TestContext } from 'node:test';
import type { Exchange } from '../../../providers/http2/exchange.ts';
import { Silence } from '../../../providers/http2/session/silence.ts';
import { Standing } from '../../../providers/http2/session/standing.ts';
import { never, tally } from '../kit.ts';
import { accept, createCaller, createRawServer, type RawServer } from './raw-server.ts';
import { waitFor } from '../../helpers/wait-for.ts';

/** Short, and longer than a beat. */
const silentAfterMs = 300;
const patienceMs = 600;
const longMs = 60_000;

async function until(condition: () => boolean): Promise<void> {
  const limit = Date.now() + 20_000;
  while (!condition()) {
    assert.ok(Date.now() < limit, 'the condition never came true');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A server whose sessions answer pings, and requests only where `isSilent` says no; what it holds back can be answered later. */
async function createSilentServer(context: TestContext, isSilent: (session: number) => boolean) {
  const held: ServerHttp2Stream[] = [];
  const indexOf = (session: ServerHttp2Session) => server.sessions.indexOf(session);
  const server: RawServer = await createRawServer(context, (stream, _, session) => {
    if (isSilent(indexOf(session))) held.push(stream);
    else accept(stream);
  });
  return { server, held };
}

test('after a while without any answer new requests go to another connection, and those under way stay where they are', async (context) => {
  const { server, held } = await createSilentServer(context, (session) => session === 0);
  const { pool, events, request, burst } = createCaller(context, server.origin, { silentAfterMs, repeatsInDoubt: true });
  const first = request('first', longMs);
  await until(() => events.includes('http2-silent'));
  assert.deepEqual(tally((await burst(200)).map(({ kind }) => kind)), { answered: 200 });
  assert.deepEqual([pool.sessions, server.sessions.length], [2, 2]);
  held.forEach(accept);
  assert.equal((await first).kind, 'answered');
  assert.equal(server.bodies.filter((body) => body === 'first').length, 1);
});

test('what waits for a place on a connection that falls silent goes to another one', async (context) => {
  const { server, held } = await createSilentServer(context, (session) => session === 0);
  const { request, burst } = createCaller(context, server.origin, { silentAfterMs, startsAtOne: true });
  const first = request('first', longMs);
  assert.deepEqual(tally((await burst(50)).map(({ kind }) => kind)), { answered: 50 });
  assert.equal(server.sessions.length, 2);
  held.forEach(accept);
  await first;
});

test('a connection that answers again is used again', async (context) => {
  const { server, held } = await createSilentServer(context, (session) => session === 0 && !isOver);
  let isOver = false;
  const { events, request } = createCaller(context, server.origin, { silentAfterMs });
  const first = request('first', longMs);
  await until(() => events.includes('http2-silent'));
  await request();
  isOver = true;
  held.forEach(accept);
  await first;
  // The other one is taken away: a new one is not needed.
  server.sessions[1]?.destroy();
  await until(() => events.includes('http2-session-closed'));
  assert.equal((await request()).kind, 'answered');
  assert.equal(server.sessions.length, 2);
});

test('what has patience for less than its deadline is answered over another connection, and the silent one is closed', async (context) => {
  const { server } = await createSilentServer(context, (session) => session === 0);
  const { pool, request } = createCaller(context, server.origin, { silentAfterMs, repeatsInDoubt: true });
  assert.equal((await request('call', longMs, never, patienceMs)).kind, 'answered');
  assert.deepEqual(server.bodies, ['call', 'call']);
  await until(() => pool.sessions === 1);
  assert.equal((await request()).kind, 'answered');
  assert.equal(pool.traffic.connections, 2);
});

test('what has patience for less is sent twice at most, and where nothing may be repeated once', async (context) => {
  for (const repeatsInDoubt of [true, false]) {
    const { server } = await createSilentServer(context, () => true);
    const { request } = createCaller(context, server.origin, { silentAfterMs, repeatsInDoubt });
    assert.deepEqual(await request('call', longMs, never, patienceMs), { kind: 'in-doubt', reason: 'no answer in time' });
    assert.equal(server.bodies.length, repeatsInDoubt ? 2 : 1);
  }
});

test('a slow service is no silent one: what is answered late is sent once, over one connection', async (context) => {
  const server = await createRawServer(context, (stream) => setTimeout(() => accept(stream), 3 * silentAfterMs));
  const { pool, request, burst } = createCaller(context, server.origin, { silentAfterMs, repeatsInDoubt: true });
  const early = burst(100);
  assert.equal((await request()).kind, 'answered');
  assert.deepEqual(tally((await early).map(({ kind }) => kind)), { answered: 100 });
  assert.deepEqual([pool.traffic.sent, pool.traffic.connections], [101, 1]);
});

test('a service silent on every connection: new requests are turned away, few connections are opened, and it is found again', async (context) => {
  let isSilent = true;
  const { server } = await createSilentServer(context, () => isSilent);
  const { pool, events, request } = createCaller(context, server.origin, { silentAfterMs, maxSessions: 1 });
  const ask = () => request('x', 4_000);
  const early = Array.from({ length: 20 }, ask);
  await until(() => events.includes('http2-silent'));
  const late: Promise<Exchange>[] = [];
  let most = 0;
  while (events.filter((event) => event === 'http2-connect-failed').length < 2) {
    late.push(ask());
    most = Math.max(most, pool.sessions);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  // The first one and two in its place, of which each was tried with one request.
  assert.deepEqual([pool.traffic.connections, server.bodies.length], [3, 22]);
  assert.ok(most <= 3, `${most} connections at a time`);
  isSilent = false;
  await waitFor('an answer', async () => (await ask()).kind === 'answered');
  assert.deepEqual(tally((await Promise.all(early)).map(({ kind }) => kind)), { 'in-doubt': 20 });
  const settled = await Promise.all(late);
  assert.equal(settled.filter(({ kind }) => kind === 'in-doubt').length, 2);
  const turnedAway = settled.filter((exchange) => exchange.kind === 'unsent');
  assert.equal(turnedAway.length, late.length - 2);
  for (const { reason, afterMs } of turnedAway) assert.ok(/requests are not/.test(reason) && (afterMs ?? 0) > 0, reason);
});

test('silence begins with the first look at a request, begins anew with an answer, and ends when there is none to wait for', () => {
  const silence = new Silence(1_000);
  assert.deepEqual(
    [0, 999].map((now) => silence.hasBegun(now)),
    [false, false],
  );
  silence.broken();
  assert.deepEqual(
    [1_500, 2_499].map((now) => silence.hasBegun(now)),
    [false, false],
  );
  silence.rest();
  assert.deepEqual(
    [9_000, 9_999].map((now) => silence.hasBegun(now)),
    [false, false],
  );
  silence.forgive(9_999);
  assert.deepEqual(
    [10_998, 10_999, 12_000].map((now) => silence.hasBegun(now)),
    [false, true, false],
  );
  assert.equal(silence.isSilent, true);
  silence.broken();
  assert.equal(silence.isSilent, false);
});

test('a connection in the place of silent ones takes one request and no company until its first answer, be that a refusal', () => {
  const standing = new Standing({});
  standing.isProbe = true;
  assert.deepEqual([standing.limit(1000), standing.limit(0), standing.wantsCompany(1000)], [1, 0, false]);
  standing.answered(503);
  assert.deepEqual([standing.limit(1000), standing.wantsCompany(1000)], [500, true]);
});
