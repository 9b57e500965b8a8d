import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomRegistrationToken } from '../providers/fcm/stage.ts';
import { capturedServers, scriptedServers } from '../servers/scripted/scripted-server.ts';
import { newToken, openStage, siskinProvider, storkProvider, type Stage } from './stage.ts';

const refused = { type: 'cancel', condition: 'item-not-found' };
const monal = { pushModule: 'monalProdiOS' };
/** As fpush's own description calls one: an Android app's module is named by whoever runs fpush for it. */
const android = { pushModule: 'someAndroidApp' };
const written = { text: 'Are you there? ☎', sender: 'bob@example.net' };

let stage: Stage;
before(async () => {
  const modules = { [monal.pushModule]: siskinProvider, [android.pushModule]: storkProvider };
  stage = await openStage({ fpush: { modules, default: undefined, ratelimitMs: 0 } });
  // A refusal without a date is believed once the credentials have woken somebody else.
  const server = stage.play(scriptedServers[0]!);
  assert.equal(await server.write(server.enable(newToken(), monal)), 'result');
  assert.equal(await server.write(server.enable(randomRegistrationToken(), android)), 'result');
});
after(() => stage.close());

for (const manners of [...capturedServers, ...scriptedServers]) {
  const tries = Math.min(manners.patience, 17);

  /** The node is the token: nobody registers, and the server learns of a dead token by its publishes. */
  const wakeAndDie = async (token: string, options: typeof monal, die: (token: string) => void): Promise<void> => {
    const server = stage.play(manners);
    const registration = server.enable(token, options);
    assert.equal(await server.write(registration, written), 'result');
    die(token);
    for (let count = 1; count <= tries; count += 1) assert.deepEqual(await server.write(registration), refused);
    assert.equal(registration.isAlive, manners.patience === Infinity);
    assert.deepEqual(await server.write(server.enable(token)), refused, 'without its module a token is a node that nobody knows');
  };

  describe(`Monal behind ${manners.name}`, () => {
    test('the whole life of a phone', async () => {
      const token = newToken();
      await wakeAndDie(token, monal, (dead) => stage.services.apple.expire(dead));
      const pushes = stage.services.apple.pushes.filter((push) => push.token === token);
      const aps = { alert: { title: 'New Message', body: 'New Message?' }, sound: 'default', 'mutable-content': 1 };
      assert.deepEqual(
        pushes.map(({ payload }) => payload),
        [{ aps }],
      );
    });
  });

  describe(`An Android app of fpush behind ${manners.name}`, () => {
    test('the whole life of a phone', async () => {
      const token = randomRegistrationToken();
      await wakeAndDie(token, android, (dead) => stage.services.google.unregister(dead));
      const pushes = stage.services.google.pushes.filter((push) => push.token === token);
      assert.deepEqual(
        pushes.map(({ data, priority }) => ({ data, priority })),
        [{ data: {}, priority: 'HIGH' }],
      );
    });
  });
}
