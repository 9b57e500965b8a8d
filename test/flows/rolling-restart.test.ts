import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { ejabberd } from '../servers/real-servers.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { waitFor } from '../helpers/wait-for.ts';
import type { InstanceSlot } from './stage/instance-slot.ts';
import { type Crowd, openCrowd } from './stage/open-crowd.ts';

const users = 20;
const perSecond = 100;
/** So that there is always something under way. */
const serviceMs = 300;
/** Leases of a killed instance last 20 s, then somebody looks. */
const backlogLimitMs = 60_000;

// The component's name has no DNS: one publish while nobody is attached, and ejabberd deletes that registration.
describe('instances are restarted one after the other beside ejabberd', { skip: await serverOrSkip(ejabberd.packages) }, () => {
  const cleanUp = new AsyncDisposableStack();
  let crowd: Crowd;
  before(async () => {
    crowd = await openCrowd(ejabberd, cleanUp, { users, senders: 2, connections: 2 });
    await crowd.instances[1].start();
    crowd.pushService.sandbox.misbehave({ kind: 'delay', ms: serviceMs }, { times: Infinity });
  });
  after(() => cleanUp.disposeAsync());

  test('by SIGTERM, twice round, while messages come: nothing acknowledged is lost, and every phone still wakes', (context) =>
    expectNothingLost(context, crowd, 2, async (instance) => assert.equal(await instance.stop(), 0)));

  test('by kill -9, while messages come: nothing acknowledged is lost, and every phone still wakes', (context) =>
    expectNothingLost(context, crowd, 1, (instance) => instance.kill()));
});

type End = (instance: InstanceSlot) => Promise<void>;

async function expectNothingLost(context: TestContext, crowd: Crowd, rounds: number, end: End) {
  const { book, senders } = crowd;
  const before = { published: book.ledger.publishes.length, sent: senders.sent };
  await restartUnderLoad(crowd, rounds, end);
  await senders.settled();
  await waitFor('the end of the backlog', async () => (await crowd.countWaiting()) === 0, backlogLimitMs);
  assert.deepEqual(await crowd.findSleepers(), []);
  assert.equal(await crowd.countRegistered(), users);
  await book.close();
  const sent = senders.sent - before.sent;
  const published = book.ledger.publishes.length - before.published;
  const fates = JSON.stringify(book.judge(before.published));
  context.diagnostic(`${sent} messages, ${sent - published} of them not published; publishes: ${fates}; ${book.doubles} doubles so far`);
  assert.deepEqual(book.judgeBroken(before.published), {});
}

/** Settles when each instance was ended and ready again so many times, and the last message has left. */
async function restartUnderLoad({ senders, devices, instances }: Crowd, rounds: number, end: End) {
  const enough = new AbortController();
  const load = senders.writeSteadily(devices, perSecond, enough.signal);
  for (let round = 1; round <= rounds; round += 1) {
    for (const instance of instances) {
      await end(instance);
      await instance.start();
    }
  }
  enough.abort();
  await load;
}
