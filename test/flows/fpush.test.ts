import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '../helpers/wait-for.ts';
import { allServers } from '../servers/real-servers.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { openScene } from './stage/open-scene.ts';
import { randomToken, type Scene } from './stage/scene.ts';
import { parseStanza, provider } from './stage/stanzas.ts';

/** Refusals that are tried at a server that never gives up. */
const enough = 20;

const tables = `[dialects]
fpush = { modules = { monalProdiOS = "${provider}" }, ratelimit = "0s" }`;

/** Alice's Monal enables push for its token, as it does at each connection, and goes away; the component hears nothing of it. */
async function enableMonal({ host, logIn }: Pick<Scene, 'host' | 'logIn'>, token: string, module = 'monalProdiOS'): Promise<void> {
  const alice = await logIn('alice');
  const enabled = await alice.iq(
    'set',
    `<enable xmlns='urn:xmpp:push:0' jid='${host.componentJid}' node='${token}'><x xmlns='jabber:x:data' type='submit'>` +
      `<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/pubsub#publish-options</value></field>` +
      `<field var='pushModule'><value>${module}</value></field></x></enable>`,
  );
  assert.equal(parseStanza(enabled).attrs['type'], 'result', enabled);
  await alice.goOffline();
}

for (const server of allServers) {
  const refusals = Math.min(server.patience, enough);
  const end = server.patience === Infinity ? 'is never given up by its server' : `is given up after ${server.patience}`;

  describe(`Monal behind ${server.name}`, { skip: await serverOrSkip(server.packages, server.release) }, () => {
    const cleanUp = new AsyncDisposableStack();
    let scene: Scene;
    before(async () => (scene = await openScene(server, cleanUp, { tables })));
    after(() => cleanUp.disposeAsync());
    const enable = (token: string, module?: string) => enableMonal({ host: scene.host, logIn: (name) => scene.logIn(name) }, token, module);
    const alice = () => `alice@${scene.host.domain}`;

    test('is woken without ever having registered', async () => {
      for (const token of [randomToken(), randomToken()]) {
        await enable(token);
        await scene.write(alice());
        assert.equal(await scene.answer(token, 1), 'result');
        assert.equal(scene.pushService.accepted(token).length, 1);
      }
    });

    test(`whose token is dead ${end}, and Apple is asked once`, async () => {
      const token = randomToken();
      await enable(token);
      scene.pushService.declareDead(token);
      for (let count = 1; count <= refusals; count += 1) {
        await scene.write(alice());
        assert.equal(await scene.answer(token, count), 'cancel/item-not-found');
        await scene.settled();
      }
      assert.equal(scene.pushService.asked(token).length, 1);
      if (server.patience === Infinity) return;
      for (let extra = 0; extra < 3; extra += 1) await scene.write(alice());
      await scene.settled();
      assert.equal(scene.publishes(token).length, server.patience);
    });

    test('keeps its registration through an outage of Apple', async () => {
      const token = randomToken();
      await enable(token);
      scene.pushService.setDown(true);
      await scene.write(alice());
      assert.equal(await scene.answer(token, 1), 'wait/internal-server-error');
      scene.pushService.setDown(false);
      await waitFor('a push that arrives again', async () => {
        await scene.write(alice());
        await scene.settled();
        return scene.pushService.accepted(token).length > 0;
      });
    });

    test('of an unknown module is refused', async () => {
      const token = randomToken();
      await enable(token, 'monalAlpha');
      await scene.write(alice());
      assert.equal(await scene.answer(token, 1), 'cancel/item-not-found');
      assert.equal(scene.pushService.asked(token).length, 0);
    });
  });
}
