import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { realServers } from '../servers/real-servers.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { openCrowd } from './stage/open-crowd.ts';
import { sufferOutage } from './stage/outage.ts';

const users = 40;
const plan = { perSecond: 20, outageMs: 15_000, sampleMs: 5_000 };

for (const server of realServers) {
  const skip = await serverOrSkip(server.packages);
  describe(`a push service that is down for a while, behind ${server.name}`, { skip }, () => {
    test('every publish is acknowledged, the newest push of each user arrives, and every phone still wakes', async (context) => {
      await using cleanUp = new AsyncDisposableStack();
      const crowd = await openCrowd(server, cleanUp, { users, senders: 2 });
      const { fates, broken, backlog, registered, sleepers, messages, recoveryMs } = await sufferOutage(crowd, plan);
      context.diagnostic(
        `${messages} messages: ${JSON.stringify(fates)}; backlog of ${backlog} gone in ${(recoveryMs / 1000).toFixed(1)} s`,
      );
      assert.deepEqual(broken, {});
      assert.ok(backlog > 0);
      assert.deepEqual(sleepers, []);
      assert.deepEqual(registered, { before: users, after: users });
      assert.equal(crowd.book.ledger.publishes.length, messages);
    });
  });
}
