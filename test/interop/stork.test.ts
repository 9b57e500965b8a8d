import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { capturedServers, scriptedServers } from '../servers/scripted/scripted-server.ts';
import { command, fieldOf, newUser, openStage, storkProvider, type Stage } from './stage.ts';
import { randomRegistrationToken } from '../providers/fcm/stage.ts';

const refused = { type: 'cancel', condition: 'item-not-found' };
const text = 'Are you there? ☎';
const sender = 'bob@example.net';

let stage: Stage;
before(async () => {
  stage = await openStage();
  // FCM says no date with a dead token: it is believed once the credentials have woken somebody else.
  const node = await stage.app.register(randomRegistrationToken(), newUser(), storkProvider);
  const server = stage.play(scriptedServers[0]!);
  assert.equal(await server.write(server.enable(node)), 'result');
});
after(() => stage.close());

for (const manners of [...capturedServers, ...scriptedServers]) {
  describe(`Stork behind ${manners.name}`, () => {
    test('the whole life of a phone', async () => {
      const account = newUser();
      const token = randomRegistrationToken();
      const server = stage.play(manners);
      const tries = Math.min(manners.patience, 17);
      // jaxmpp casts: a list for the provider, text for the rest, and no discovery before, as the address is built in.
      const ask = (node: string) =>
        stage.ask(
          `${account}/Stork`,
          'set',
          command(node, { provider: ['list-single', storkProvider], 'device-token': ['text-single', token] }),
        );
      const register = async () => {
        const node = fieldOf(await ask('register-device'), 'node', 'text-single');
        assert.ok(node);
        return node;
      };
      const pushes = () => stage.services.google.pushes.filter((pushed) => pushed.token === token);
      const endures = async (node: string) => {
        const registration = server.enable(node);
        for (let count = 1; count <= tries; count += 1) assert.deepEqual(await server.write(registration), refused);
        assert.equal(registration.isAlive, manners.patience === Infinity);
      };

      const node = await register();
      assert.equal(await server.write(server.enable(node), { text, sender }), 'result');
      const [first, ...others] = pushes();
      assert.deepEqual(others, []);
      assert.ok(first);
      const told = Object.entries(manners.tells({ text, sender })).map(([name, value]) => [name, String(value)]);
      assert.deepEqual(first.data, { account, ...(Object.fromEntries(told) as Record<string, string>) });
      assert.equal(first.priority, 'HIGH');
      assert.equal(first.message['notification'], undefined, 'the app reacts to data only');

      assert.match(await ask('unregister-device'), /^<iq type="result".*status="completed"/);
      await endures(node);

      const again = await register();
      stage.services.google.unregister(token);
      await endures(again);
      assert.equal(pushes().length, 1);
    });
  });
}
