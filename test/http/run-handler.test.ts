import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RestHandler, RestTools } from '../../src/index.ts';
import { runHandler, type Answer } from '../../src/http/rest/run-handler.ts';
import { TooManyRequests } from '../../src/http/rest/rest-tools.ts';
import { createLog } from '../../src/log/log.ts';
import { DatabaseUnavailable } from '../../src/registry/registry.ts';

const request = { method: 'POST', parameters: [], query: new URLSearchParams(), headers: {}, body: { token: 'hush' } };

async function run(handle: RestHandler): Promise<{ answer: Answer; lines: string[] }> {
  const lines: string[] = [];
  const log = createLog('debug', { write: (line: string) => lines.push(line) });
  return { answer: await runHandler({ handle, methods: ['POST'] }, request, {} as RestTools, log), lines };
}

test('an answer is its status and its body as JSON; undefined is 404', async () => {
  assert.deepEqual((await run(() => ({ body: { a: 1 } }))).answer, { status: 200, text: '{"a":1}' });
  assert.deepEqual((await run(() => ({ status: 202 }))).answer, { status: 202, text: undefined });
  assert.deepEqual(await run(async () => undefined), { answer: { status: 404 }, lines: [] });
});

test('an answer may be a text of a type, where it has no body', async () => {
  const type = 'text/plain; charset=utf-8';
  assert.deepEqual((await run(() => ({ text: 'OK\nä' }))).answer, { status: 200, text: 'OK\nä', type });
  assert.deepEqual((await run(() => ({ status: 400, text: '', type: 'text/html' }))).answer, { status: 400, text: '', type: 'text/html' });
  assert.deepEqual((await run(() => ({ body: 1, text: 'passed over' }))).answer, { status: 200, text: '1' });
});

test('a handler with a bug is 500 without a word, and a line in the log without what the request held', async () => {
  const bugs: RestHandler[] = [
    ({ body }) => {
      throw new TypeError(`unexpected ${JSON.stringify(body)}\n    at hush`);
    },
    async ({ body }) => JSON.parse(`${JSON.stringify(body)}hush`) as undefined,
    () => Promise.reject(new Error('hush')),
    () => 'hush' as never,
    () => ({ status: 99 }),
    () => ({ status: '200' as never }),
    () => ({ body: 1n }),
    () => ({ text: 1 as never }),
    () => ({ text: 'x', type: 'text/plain\r\nX: y' }),
  ];
  for (const bug of bugs) {
    const { answer, lines } = await run(bug);
    assert.deepEqual([answer, lines.length], [{ status: 500 }, 1]);
    assert.match(lines[0]!, /"level":"error".*"event":"rest-handler-failed"/);
    assert.doesNotMatch(lines[0]!, /hush/);
  }
});

test('what may go through later is 503 or 429 with the time to wait, and no line in the log', async () => {
  const failWith = (error: Error) => run(() => Promise.reject(error));
  assert.deepEqual(await failWith(new DatabaseUnavailable('away')), { answer: { status: 503, retryAfterMs: 5_000 }, lines: [] });
  assert.deepEqual(await failWith(new TooManyRequests(1_234)), { answer: { status: 429, retryAfterMs: 1_234 }, lines: [] });
});

test('a handler that does not answer is told to stop after ten seconds, and the client gets 503', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let stopped = false;
  const running = run(({ signal }) => {
    signal.addEventListener('abort', () => (stopped = true));
    return new Promise(() => undefined);
  });
  context.mock.timers.tick(10_000);
  const { answer, lines } = await running;
  assert.deepEqual([answer, stopped, lines.length], [{ status: 503 }, true, 1]);
  assert.match(lines[0]!, /rest-handler-late/);
});
