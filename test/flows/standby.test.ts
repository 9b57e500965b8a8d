import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { prosody } from '../servers/real-servers.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { waitFor } from '../helpers/wait-for.ts';
import type { InstanceSlot } from './stage/instance-slot.ts';
import { type Crowd, openCrowd } from './stage/open-crowd.ts';

const users = 8;
const limitMs = 60_000;
/** More than the refusals in a row at which Prosody gives a registration up. */
const messagesInVain = prosody.patience + 4;

const ends: Readonly<Record<string, (instance: InstanceSlot) => Promise<unknown>>> = {
  'kill -9': (instance) => instance.kill(),
  SIGTERM: (instance) => instance.stop(),
};

describe('two instances beside Prosody, which lets one of them in', { skip: await serverOrSkip(prosody.packages) }, () => {
  const cleanUp = new AsyncDisposableStack();
  let crowd: Crowd;
  let active: InstanceSlot;
  let standby: InstanceSlot;
  before(async () => {
    crowd = await openCrowd(prosody, cleanUp, { users, senders: 1 });
    [active, standby] = crowd.instances;
  });
  after(() => cleanUp.disposeAsync());

  const writeToAll = () => Promise.all(crowd.devices.map((device) => crowd.senders.write(device)));

  for (const [how, end] of Object.entries(ends)) {
    test(`the standby takes over by itself after ${how} of the active one, with the pushes that wait`, async (context) => {
      const { book, pushService } = crowd;
      await standby.startAsStandby();
      pushService.setDown(true);
      const waiting = await writeToAll();
      await waitFor('pushes that wait', async () => (await crowd.countWaiting()) === users);

      const endedAt = Date.now();
      await end(active);
      const inBetween = await writeToAll();
      await waitFor('the standby', () => standby.isReady(), limitMs);
      context.diagnostic(`took over ${((standby.readyAt - endedAt) / 1000).toFixed(1)} s after ${how}`);
      pushService.setDown(false);
      await waitFor('the pushes that waited', async () => (await crowd.countWaiting()) === 0, limitMs);
      context.diagnostic(`the waiting pushes were delivered ${((Date.now() - endedAt) / 1000).toFixed(1)} s after ${how}`);
      context.diagnostic(`${inBetween.filter((text) => !book.wasPublished(text)).length} of ${users} publishes met nobody`);

      assert.deepEqual(await crowd.findSleepers(), []);
      assert.equal(await crowd.countRegistered(), users);
      await book.close();
      assert.deepEqual(book.judgeBroken(), {});
      assert.ok(waiting.every((text) => book.wasPublished(text)));
      [active, standby] = [standby, active];
    });
  }

  test(`${messagesInVain} messages to each while nobody is attached cost their pushes, and no registration`, async () => {
    await active.stop();
    const texts = [];
    for (let count = 1; count <= messagesInVain; count += 1) texts.push(...(await writeToAll()));
    await crowd.senders.settled();
    await active.start();
    assert.deepEqual(await crowd.findSleepers(), []);
    assert.deepEqual(
      texts.filter((text) => crowd.book.wasPublished(text)),
      [],
    );
  });
});
