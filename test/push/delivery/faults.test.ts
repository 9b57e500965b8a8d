import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { registerRequest } from '../../helpers/app.ts';
import { startServer, type TestServer } from '../../helpers/database/postgres.ts';
import { accepted, hang, stageProvider, unavailable } from '../../helpers/stage-provider.ts';
import { countWaiting, linesOf, message, openScene, provider, quick, readElsewhere, readMetric, type Scene } from './scene.ts';
import { waitFor } from '../../helpers/wait-for.ts';

let server: TestServer;

before(async () => {
  server = await startServer('embedded');
});
after(() => server.close());

type Changes = Parameters<typeof openScene>[1];

async function withScene(use: (scene: Scene, url: string) => Promise<void>, changes: Changes = {}, timing = quick): Promise<void> {
  const url = await server.createDatabase();
  const scene = await openScene(url, changes, timing);
  try {
    await use(scene, url);
  } finally {
    await scene.close();
  }
}

async function readiness({ app }: Scene): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${app.httpPort}/readyz`);
  return `${response.status} ${((await response.json()) as { providers: Record<string, string> }).providers[provider]}`;
}

test('a service that fails every push opens the breaker: pushes are kept without a try, readiness says why, a probe closes it', () =>
  withScene(
    async (scene) => {
      const { stage, publish, device } = scene;
      const nodes = await Promise.all(Array.from({ length: 20 }, device));
      stage.answer = () => unavailable;
      for (const node of nodes.slice(0, 12)) assert.equal(await publish(node, message('one')), 'result');
      await waitFor('the breaker', () => linesOf(scene, 'breaker-open').length === 1);
      const tries = stage.tries.length;
      for (const node of nodes.slice(12)) assert.equal(await publish(node, message('one')), 'result');
      assert.equal(stage.tries.length, tries);
      assert.equal(await readiness(scene), '503 the push service fails, last: ServiceUnavailable');
      stage.answer = () => accepted;
      await waitFor('all pushes', () => stage.accepted.length === nodes.length);
      assert.equal(linesOf(scene, 'breaker-closed').length, 1);
      assert.equal(await readiness(scene), '200 ok');
    },
    {},
    { ...quick, firstOpenMs: 3_000, longestOpenMs: 3_000 },
  ));

test('a device that the service throttles does not open the breaker', () =>
  withScene(async (scene) => {
    const { stage, publish, device } = scene;
    const throttled = await device();
    stage.answer = () => ({ kind: 'retry', reason: 'TooManyRequests', afterMs: 60_000 });
    for (let count = 0; count < 15; count += 1) assert.equal(await publish(throttled, message(`${count}`)), 'result');
    assert.deepEqual(linesOf(scene, 'breaker-open'), []);
    stage.answer = () => accepted;
    assert.equal(await publish(await device(), message('other')), 'result');
    assert.equal(stage.accepted.length, 1);
  }));

test('beyond its share of places a provider is not asked: the push is kept, and delivered later', async () => {
  const url = await server.createDatabase();
  const name = randomUUID();
  // Two providers share four places; the other one never gets a push.
  const providers = [provider, 'other'].map((id) => ({ id, use: stageProvider, options: { stage: name } }));
  const scene = await openScene(url, { limits: { inFlight: 4 }, providers }, quick, name);
  const { stage, publish, device } = scene;
  const [one, two, three] = [await device(), await device(), await device()];
  const gate = Promise.withResolvers<typeof accepted>();
  stage.answer = () => gate.promise;
  const held = [one, two].map((node) => publish(node, message('held')));
  await waitFor('the first two', () => stage.tries.length === 2);
  assert.equal(await publish(three, message('kept')), 'result');
  assert.equal(await countWaiting(url), 1);
  assert.equal(stage.tries.length, 2);
  gate.resolve(accepted);
  assert.deepEqual(await Promise.all(held), ['result', 'result']);
  await waitFor('the one that was kept', () => stage.accepted.length === 3);
  await scene.close();
});

test('the database away: pushes flow, what would have to be kept is answered wait, and waiting ones go on when it is back', async () => {
  const own = await startServer('embedded');
  const scene = await openScene(await own.createDatabase());
  try {
    const { stage, publish, device } = scene;
    const [waiting, other] = [await device(), await device()];
    stage.answer = () => unavailable;
    assert.equal(await publish(waiting, message('waits')), 'result');
    // Both are known from here on.
    assert.equal(await publish(other, message('one')), 'result');
    await own.stop();
    assert.equal(await publish(other, message('two')), 'wait/internal-server-error');
    stage.answer = ({ notification }) => (notification.body === 'three' ? accepted : unavailable);
    assert.equal(await publish(other, message('three')), 'result');
    stage.answer = () => accepted;
    await own.start();
    await waitFor('the push that waited', () => stage.accepted.some(({ notification }) => notification.body === 'waits'));
    assert.deepEqual(linesOf(scene, 'handler-failed'), []);
  } finally {
    await scene.close();
    await own.close();
  }
});

test('of pushes that nobody sees a device gets the first at once, then the newest at the end of the interval', () =>
  withScene(
    async (scene) => {
      const { stage, publish, device } = scene;
      const [node, other] = [await device(), await device()];
      for (let count = 1; count <= 5; count += 1) assert.equal(await publish(node, readElsewhere()), 'result');
      assert.equal(stage.accepted.length, 1, 'the others wait');
      assert.equal(await publish(node, message('seen')), 'result');
      assert.equal(await publish(other, readElsewhere()), 'result');
      assert.equal(stage.accepted.length, 3, 'neither a message nor another device waits');
      await waitFor('the last one', () => stage.accepted.length === 4);
      await waitFor('an empty backlog', async () => (await readMetric(scene, `reveille_deferred{provider="${provider}"}`)) === 0);
      assert.equal(stage.accepted.length, 4);
      assert.deepEqual(linesOf(scene, 'deferring'), []);
    },
    { delivery: { updateIntervalMs: 3_000 } },
  ));

test('without an interval every push goes out', () =>
  withScene(
    async ({ stage, publish, device }) => {
      const node = await device();
      for (let count = 0; count < 3; count += 1) await publish(node, readElsewhere());
      assert.equal(stage.accepted.length, 3);
    },
    { delivery: { updateIntervalMs: 0 } },
  ));

test('at the end what is under way is kept and acknowledged, and so is what comes meanwhile; the next instance delivers it all', async () => {
  const url = await server.createDatabase();
  const first = await openScene(url);
  const nodes = await Promise.all(Array.from({ length: 20 }, first.device));
  const late = await first.device();
  first.stage.answer = (_push, signal) => hang(signal);
  const answers = nodes.map((node) => first.publish(node, message('one')));
  await waitFor('all of them', () => first.stage.tries.length === nodes.length);
  const closed = first.app.close();
  assert.equal(await first.publish(late, message('late')), 'result');
  assert.equal(first.stage.tries.length, nodes.length, 'it was not tried');
  assert.match(await first.ask(registerRequest('anna@example.net', provider, 'token')), /type="wait"/, 'nothing else is taken');
  assert.deepEqual(new Set(await Promise.all(answers)), new Set(['result']));
  await closed;
  assert.ok(first.peer.text.includes('</stream:stream>'), 'the stream was closed');
  await first.close();
  const second = await openScene(url);
  await waitFor('all pushes', () => second.stage.accepted.length === nodes.length + 1);
  await second.close();
});

test('at the end waiting pushes under way are given back at once, not when their lease is over', async () => {
  const url = await server.createDatabase();
  const first = await openScene(url, {}, { ...quick, leaseMs: 600_000, tryMs: 60_000 });
  const node = await first.device();
  first.stage.answer = () => unavailable;
  await first.publish(node, message('one'));
  first.stage.answer = (_push, signal) => hang(signal);
  const tries = first.stage.tries.length;
  await waitFor('another try', () => first.stage.tries.length > tries);
  await first.close();
  const second = await openScene(url);
  await waitFor('the push', () => second.stage.accepted.length === 1);
  await second.close();
});
