import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { startServer, type TestServer } from '../../helpers/database/postgres.ts';
import { accepted, hang, unavailable } from '../../helpers/stage-provider.ts';
import { call, countWaiting, linesOf, message, openScene, provider, readElsewhere, readMetric, type Scene } from './scene.ts';
import { waitFor } from '../../helpers/wait-for.ts';

let server: TestServer;
let url: string;
let scene: Scene;

before(async () => {
  server = await startServer('embedded');
});
after(() => server.close());
afterEach(() => scene.close());

async function open(...[changes, timing]: [Parameters<typeof openScene>[1]?, Parameters<typeof openScene>[2]?]): Promise<Scene> {
  url = await server.createDatabase();
  scene = await openScene(url, changes, timing);
  return scene;
}

const bodies = ({ stage }: Scene) => stage.accepted.map(({ notification }) => notification.body);

describe('a push that its provider does not take', () => {
  test('is acknowledged, tried again under the same id, and delivered', async () => {
    const { stage, publish, device } = await open();
    const node = await device();
    stage.answer = () => unavailable;
    assert.equal(await publish(node, message('one')), 'result');
    await waitFor('more tries', () => stage.tries.length >= 3);
    stage.answer = () => accepted;
    await waitFor('the push', () => stage.accepted.length === 1);
    assert.deepEqual(bodies(scene), ['one']);
    assert.equal(new Set(stage.tries.map(({ id }) => id)).size, 1);
    await waitFor('an empty outbox', async () => (await countWaiting(url)) === 0);
    await waitFor(
      'the count',
      async () => (await readMetric(scene, `reveille_deferred_ended_total{provider="${provider}",end="delivered"}`)) === 1,
    );
    assert.equal(await readMetric(scene, `reveille_deferred_total{provider="${provider}"}`), 1);
  });

  test('is told of once when pushes begin to wait, and once when none of them waits any more', async () => {
    const { stage, publish, device } = await open();
    const nodes = [await device(), await device(), await device()];
    stage.answer = () => unavailable;
    for (const node of nodes) await publish(node, message('one'));
    await waitFor('tries', () => stage.tries.length >= 8);
    stage.answer = () => accepted;
    await waitFor('the second line', () => linesOf(scene, 'deferring-ended').length === 1);
    assert.deepEqual(
      linesOf(scene, 'deferring').map(({ level, reason }) => [level, reason]),
      [['warn', 'ServiceUnavailable']],
    );
    assert.equal(stage.accepted.length, 3);
  });

  test('gives way to a newer one: only that one is sent', async () => {
    const { stage, publish, device } = await open();
    const node = await device();
    stage.answer = () => unavailable;
    for (const body of ['one', 'two', 'three']) assert.equal(await publish(node, message(body)), 'result');
    assert.equal(await countWaiting(url), 1);
    stage.answer = () => accepted;
    await waitFor('the push', () => stage.accepted.length > 0);
    await waitFor('an empty outbox', async () => (await countWaiting(url)) === 0);
    assert.deepEqual(bodies(scene), ['three']);
  });

  test('is not sent any more once a newer one was accepted at once', async () => {
    const { stage, publish, device } = await open({}, { pollMs: 100, firstBackoffMs: 60_000, longestBackoffMs: 60_000 });
    const node = await device();
    stage.answer = () => ({ ...unavailable, afterMs: 30_000 }) as typeof unavailable;
    await publish(node, message('old'));
    stage.answer = () => accepted;
    assert.equal(await publish(node, message('new')), 'result');
    await waitFor('an empty outbox', async () => (await countWaiting(url)) === 0);
    assert.deepEqual(bodies(scene), ['new']);
  });

  test('is not stored when a newer one arrived while it was under way', async () => {
    const { stage, publish, device } = await open();
    const node = await device();
    const first = Promise.withResolvers<typeof unavailable>();
    stage.answer = ({ notification }) => (notification.body === 'old' ? first.promise : accepted);
    const old = publish(node, message('old'));
    await waitFor('the first push', () => stage.tries.length === 1);
    await publish(node, message('new'));
    first.resolve(unavailable);
    assert.equal(await old, 'result');
    assert.equal(await countWaiting(url), 0);
    assert.deepEqual(bodies(scene), ['new']);
  });

  test('is never sent after its time', async () => {
    const { stage, publish, device } = await open({ delivery: { voipTtlMs: 700 } });
    const node = await device();
    stage.answer = () => unavailable;
    assert.equal(await publish(node, call('c1')), 'result');
    await waitFor('the end of its time', async () => (await countWaiting(url)) === 0);
    stage.answer = () => accepted;
    const late = stage.tries.length;
    assert.equal(await publish(await device(), message('another')), 'result');
    assert.deepEqual(bodies(scene), ['another']);
    assert.equal(stage.tries.length, late + 1);
    for (const { expiresAt } of stage.tries) assert.ok(expiresAt instanceof Date);
  });

  test('costs its device the registration when the token turns out to be dead', async () => {
    const { stage, publish, device } = await open();
    const [node, other] = [await device(), await device()];
    // Without a push that arrived elsewhere no refusal costs anything.
    await publish(other, message('proof'));
    stage.answer = () => unavailable;
    await publish(node, message('one'));
    stage.answer = () => ({ kind: 'gone' });
    await waitFor('the removal', async () => (await publish(node, message('two'))) === 'cancel/item-not-found');
    await waitFor('nothing to wait', async () => (await countWaiting(url)) === 0);
  });

  test('waits for credentials that are refused, and is delivered when they are right again', async () => {
    const { stage, publish, device } = await open();
    const node = await device();
    stage.answer = () => unavailable;
    await publish(node, message('one'));
    stage.answer = () => ({ kind: 'rejected', reason: 'InvalidProviderToken' });
    const before = stage.tries.length;
    await waitFor('more tries than a push has that is refused for itself', () => stage.tries.length > before + 5);
    stage.answer = () => accepted;
    await waitFor('the push', () => stage.accepted.length === 1);
  });

  test('is given up where it alone is refused time and again, and that is told', async () => {
    const { stage, publish, device } = await open();
    const [bad, good] = [await device(), await device()];
    stage.answer = () => unavailable;
    await publish(bad, message('bad'));
    stage.answer = ({ notification }) => (notification.body === 'bad' ? { kind: 'rejected', reason: 'PayloadTooLarge' } : accepted);
    await publish(good, message('good'));
    await waitFor('the line', () => linesOf(scene, 'push-given-up').length === 1);
    await waitFor('an empty outbox', async () => (await countWaiting(url)) === 0);
    await waitFor(
      'the count',
      async () => (await readMetric(scene, `reveille_deferred_ended_total{provider="${provider}",end="dropped"}`)) === 1,
    );
    assert.deepEqual(bodies(scene), ['good']);
  });
});

test('a push that is refused outright is answered wait and not stored', async () => {
  const { stage, publish, device } = await open();
  stage.answer = () => ({ kind: 'rejected', reason: 'PayloadTooLarge' });
  assert.equal(await publish(await device(), message('one')), 'wait/internal-server-error');
  assert.equal(await countWaiting(url), 0);
});

test('a push that its provider takes at once writes nothing', async () => {
  const { publish, device } = await open();
  assert.equal(await publish(await device(), message('one')), 'result');
  assert.equal(await readMetric(scene, `reveille_deferred_total{provider="${provider}"}`), 0);
});

test('a push that is not decided when the answer is due is kept, and its provider was told to stop', async () => {
  const { stage, publish, device } = await open({ delivery: { answerWithinMs: 1_500 } });
  const node = await device();
  let isStopped = false;
  stage.answer = (_push, signal) => hang(signal).finally(() => (isStopped = true));
  assert.equal(await publish(node, message('one')), 'result');
  assert.ok(isStopped);
  stage.answer = () => accepted;
  await waitFor('the push', () => stage.accepted.length === 1);
});

test('of two published in one moment the newer one is kept, though it is held back and comes to be kept first', async () => {
  const { stage, publish, device } = await open({ delivery: { updateIntervalMs: 500 } });
  const nodes = await Promise.all(Array.from({ length: 30 }, device));
  stage.answer = () => unavailable;
  const both = nodes.flatMap((node) => [publish(node, readElsewhere(1)), publish(node, readElsewhere(2))]);
  assert.deepEqual(new Set(await Promise.all(both)), new Set(['result']));
  stage.answer = () => accepted;
  await waitFor('all of them', () => stage.accepted.length >= nodes.length);
  await waitFor('an empty outbox', async () => (await countWaiting(url)) === 0);
  assert.deepEqual(new Set(stage.accepted.map(({ notification }) => notification.messageCount)), new Set([2]));
});

test('what nobody takes in its time is removed and counted, wherever its time ran out', async () => {
  const { stage, publish, device } = await open({
    delivery: { answerWithinMs: 5_000, defaultTtlMs: 600, voipTtlMs: 600, updateIntervalMs: 0 },
  });
  stage.answer = () => unavailable;
  for (const node of await Promise.all(Array.from({ length: 30 }, device))) assert.equal(await publish(node, message('m')), 'result');
  await waitFor('an empty outbox', async () => (await countWaiting(url)) === 0);
  const ended = () => readMetric(scene, `reveille_deferred_ended_total{provider="${provider}",end="expired"}`);
  const deferred = await readMetric(scene, `reveille_deferred_total{provider="${provider}"}`);
  await waitFor('the count', async () => (await ended()) === deferred);
  assert.equal(deferred, 30);
});

test('calls that wait go out before messages that wait', async () => {
  const { stage, publish, device } = await open(
    {},
    { pollMs: 100, firstOpenMs: 100, longestOpenMs: 100, firstBackoffMs: 1, longestBackoffMs: 1 },
  );
  const nodes = await Promise.all(Array.from({ length: 30 }, device));
  stage.answer = () => unavailable;
  for (const node of nodes.slice(0, 29)) assert.equal(await publish(node, message('m')), 'result');
  assert.equal(await publish(nodes[29]!, call('c')), 'result');
  stage.answer = () => accepted;
  await waitFor('all of them', () => stage.accepted.length === 30);
  const order = stage.accepted.map(({ notification }) => (notification.jingle === undefined ? 'message' : 'call'));
  // The probe may have been chosen before the call was there.
  assert.ok(order.indexOf('call') <= 2, order.join());
});
