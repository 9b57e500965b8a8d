import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { startServer, type TestServer } from '../../helpers/database/postgres.ts';
import { accepted, hang, unavailable } from '../../helpers/stage-provider.ts';
import { countWaiting, message, openScene, quick, readMetric, provider } from './scene.ts';
import { waitFor } from '../../helpers/wait-for.ts';

let server: TestServer;

before(async () => {
  server = await startServer('embedded');
});
after(() => server.close());

test('two instances on one database deliver every waiting push once', async () => {
  const [url, stage] = [await server.createDatabase(), randomUUID()];
  const scenes = [await openScene(url, {}, quick, stage), await openScene(url, {}, quick, stage)];
  const one = scenes[0]!;
  const nodes = await Promise.all(Array.from({ length: 300 }, one.device));
  one.stage.answer = () => unavailable;
  const answers = await Promise.all(nodes.map((node, index) => scenes[index % 2]!.publish(node, message(`to ${index}`))));
  assert.deepEqual(new Set(answers), new Set(['result']));
  one.stage.answer = () => accepted;
  await waitFor('an empty outbox', async () => (await countWaiting(url)) === 0);
  const delivered = one.stage.accepted.map(({ notification }) => notification.body);
  assert.deepEqual(delivered.toSorted(), nodes.map((_, index) => `to ${index}`).toSorted());
  for (const scene of scenes) await scene.close();
});

test('what an instance held on to when it froze another takes over when the lease is over', async () => {
  const url = await server.createDatabase();
  const timing = { ...quick, leaseMs: 1_500, tryMs: 60_000 };
  const frozen = await openScene(url, {}, timing);
  const node = await frozen.device();
  frozen.stage.answer = () => unavailable;
  await frozen.publish(node, message('one'));
  const tries = frozen.stage.tries.length;
  frozen.stage.answer = (_push, signal) => hang(signal);
  await waitFor('a try that does not end', () => frozen.stage.tries.length > tries);
  const other = await openScene(url, {}, timing);
  await waitFor('the push', () => other.stage.accepted.length === 1);
  await frozen.close();
  await other.close();
  assert.equal(await countWaiting(url), 0);
});

test('a service that is away for a while under steady load: every answer is result, and every device gets its newest push', async () => {
  const url = await server.createDatabase();
  const scene = await openScene(url);
  const nodes = await Promise.all(Array.from({ length: 200 }, scene.device));
  const newest = new Map<string, string>();
  const answers: string[] = [];
  let number = 0;
  const round = async (): Promise<void> => {
    for (let start = 0; start < nodes.length; start += 50)
      answers.push(
        ...(await Promise.all(
          nodes.slice(start, start + 50).map((node) => {
            const body = `${(number += 1)}`;
            newest.set(node, body);
            return scene.publish(node, message(body));
          }),
        )),
      );
  };
  await round();
  scene.stage.answer = () => unavailable;
  for (let count = 0; count < 5; count += 1) await round();
  assert.equal(await countWaiting(url), nodes.length, 'one for each device, however many came');
  scene.stage.answer = () => accepted;
  await waitFor('an empty outbox', async () => (await countWaiting(url)) === 0);
  assert.deepEqual(new Set(answers), new Set(['result']));
  const delivered = new Set(scene.stage.accepted.map(({ notification }) => notification.body));
  assert.deepEqual(
    [...newest.values()].filter((body) => !delivered.has(body)),
    [],
  );
  await waitFor('the gauge', async () => (await readMetric(scene, `reveille_deferred{provider="${provider}"}`)) === 0);
  await scene.close();
});
