import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog } from '../../../src/log/log.ts';
import { ProviderBreaker } from '../../../src/push/delivery/restraint/provider-breaker.ts';
import { usualTiming } from '../../../src/push/delivery/timing.ts';
import { ProviderGuard } from '../../../src/push/guard/provider-guard.ts';
import type { Outcome } from '../../../src/push/provider/provider.ts';
import { startServer, type TestServer } from '../../helpers/database/postgres.ts';
import { accepted, unavailable } from '../../helpers/stage-provider.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { buildPush, never } from '../../providers/kit.ts';
import { call, countWaiting, message, openScene, quick } from './scene.ts';

const livesMs = 1_000;
const silent = createLog('silent');

let server: TestServer;

before(async () => {
  server = await startServer('embedded');
});
after(() => server.close());

test('a call that waits while no instance runs, and ends meanwhile, is not sent by the next one', async (context) => {
  const url = await server.createDatabase();
  const name = randomUUID();
  const changes = { delivery: { voipTtlMs: livesMs } };
  const first = await openScene(url, changes, quick, name);
  const node = await first.device();
  first.stage.answer = () => unavailable;
  assert.equal(await first.publish(node, call('c1')), 'result');
  assert.equal(await countWaiting(url), 1);
  await first.close();
  await sleep(livesMs);
  first.stage.tries.length = 0;
  const next = await openScene(url, changes, quick, name);
  context.after(() => next.close());
  next.stage.answer = () => accepted;
  assert.equal(await next.publish(node, message('after')), 'result');
  await waitFor('an empty outbox', async () => (await countWaiting(url)) === 0);
  assert.deepEqual(
    next.stage.tries.map(({ notification }) => notification.body),
    ['after'],
  );
});

test('a push that ended on its way says nothing of the service: the breaker stays as it was', async () => {
  let outcome: Outcome = unavailable;
  const provider = { push: async () => outcome, status: () => ({ ready: true }), close: async () => undefined };
  const guard = new ProviderGuard(provider, { name: 'staged', share: 10, log: silent });
  const timing = { ...usualTiming, firstOpenMs: 1, longestOpenMs: 1 };
  const behind = new ProviderBreaker(guard, { name: 'staged', log: silent, timing, onOpen: () => undefined });
  for (let count = 0; count < 10; count += 1) await behind.push(buildPush({}), never);
  await waitFor('its time to try one', () => behind.breaker.waitMs === 0);
  outcome = { kind: 'rejected', reason: 'expired before it was sent' };
  await behind.push(buildPush({}, { expiresAt: new Date(Date.now() - 1) }), never);
  assert.equal(behind.breaker.reason, 'ServiceUnavailable');
  assert.equal(behind.breaker.waitMs, 0);
  await behind.push(buildPush({}), never);
  assert.equal(behind.breaker.reason, undefined);
});
