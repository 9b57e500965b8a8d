import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { Http1 } from '../../../providers/http2/http1/http1.ts';
import { Turns } from '../../../providers/http2/http1/turns.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { never } from '../kit.ts';
import { authority, createService, type Service } from '../webpush/service.ts';

const longMs = 20_000;

function open(context: TestContext, { origin }: Service, maxHttp1Sessions = 1) {
  const http1 = new Http1({ origin: new URL(origin), ca: authority.ca, maxHttp1Sessions });
  context.after(() => http1.close());
  return (path: string, limitMs = longMs, signal = never) =>
    http1.request({
      headers: [':method', 'POST', ':scheme', 'https', ':authority', new URL(origin).host, ':path', path],
      body: 'x',
      deadline: performance.now() + limitMs,
      signal,
    });
}

const pathsOf = ({ received }: Service) => received.map(({ path }) => path);
const statusOf = (exchange: Awaited<ReturnType<ReturnType<typeof open>>>) => (exchange.kind === 'answered' ? exchange.status : exchange);

describe('over HTTP/1.1', () => {
  test('a request that waited until there is no time for an answer is not sent, and its connection serves the next', async (context) => {
    const service = await createService(context, 'http/1.1');
    service.behave(({ path }) => (path === '/first' ? 'silence' : { status: 201 }));
    const request = open(context, service);
    const abort = new AbortController();
    const first = request('/first', longMs, abort.signal);
    await waitFor('the first', () => service.received.length === 1);
    const [late, next] = [request('/late', 1_001), request('/next')];
    assert.deepEqual(await late, { kind: 'unsent', reason: 'no connection was free in time' });
    abort.abort();
    assert.deepEqual(await first, { kind: 'in-doubt', reason: 'aborted' });
    assert.equal(statusOf(await next), 201);
    assert.deepEqual(pathsOf(service), ['/first', '/next']);
  });

  test('many requests at once open as many connections as may be, and are all answered', async (context) => {
    const service = await createService(context, 'http/1.1');
    const request = open(context, service, 3);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => request(`/${index}`)));
    assert.deepEqual([new Set(answers.map(statusOf)), service.received.length, service.connections], [new Set([201]), 30, 3]);
  });

  test('an answer that arrived while the process was busy counts, though its time is up', async (context) => {
    const service = await createService(context, 'http/1.1');
    const request = open(context, service);
    assert.equal(statusOf(await request('/warm')), 201);
    service.behave(() => {
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500));
      return { status: 201 };
    });
    assert.equal(statusOf(await request('/push', 1_000)), 201);
    assert.deepEqual(pathsOf(service), ['/warm', '/push']);
  });

  test('an answer whose body does not come is judged by its status, at the end of its time', async (context) => {
    const service = await createService(context, 'http/1.1');
    service.behave(() => ({ status: 410, headers: { 'content-length': '100' }, body: 'short' }));
    assert.equal(statusOf(await open(context, service)('/push', 1_000)), 410);
  });

  test('an answer whose connection breaks after the status is not asked for again', async (context) => {
    const service = await createService(context, 'http/1.1');
    const request = open(context, service);
    assert.equal(statusOf(await request('/warm')), 201);
    service.behave(({ connection }) => {
      setImmediate(() => connection.destroy());
      return { status: 201, headers: { 'content-length': '100' }, body: 'short' };
    });
    assert.equal(statusOf(await request('/push')), 201);
    assert.deepEqual(pathsOf(service), ['/warm', '/push']);
  });

  test('a kept connection that breaks with a request on it costs one repetition, and no second one', async (context) => {
    const service = await createService(context, 'http/1.1');
    const request = open(context, service);
    assert.equal(statusOf(await request('/warm')), 201);
    service.behave(() => 'hang-up');
    assert.equal((await request('/push')).kind, 'in-doubt');
    assert.deepEqual(pathsOf(service), ['/warm', '/push', '/push']);
  });

  test('requests that wait when it ends are told so, unsent', async () => {
    const turns = new Turns(1);
    assert.equal(await turns.enter(longMs, never), undefined);
    const waiting = [turns.enter(longMs, never), turns.enter(longMs, never)];
    turns.leave();
    assert.equal(await waiting[0], undefined);
    turns.close();
    assert.equal(await waiting[1], 'closed');
  });
});
