import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { anna, apns, fcm, push, startTestApp } from '../helpers/app.ts';
import type { TestApp } from '../helpers/app.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.close());

const info = 'http://jabber.org/protocol/disco#info';
const items = 'http://jabber.org/protocol/disco#items';
const commands = 'http://jabber.org/protocol/commands';
let count = 0;

/** The content of the answer, without the IQ around it. */
async function ask(payload: string): Promise<string> {
  count += 1;
  const answer = await app.ask(`<iq type='get' id='q${count}' from='${anna}/x' to='${push}'>${payload}</iq>`);
  return answer.replace(/^<iq [^>]+>(.*)<\/iq>$/, '$1').replace(/^<iq type="result" [^>]+\/>$/, '');
}

describe('discovery', () => {
  test('the component is pubsub/push and announces each provider id', async () => {
    const features = ['urn:xmpp:push:0', commands, info, items, 'urn:xmpp:ping', 'jabber:iq:version', apns, fcm];
    assert.equal(
      await ask(`<query xmlns='${info}'/>`),
      `<query xmlns="${info}"><identity category="pubsub" type="push" name="Reveille push service"/>` +
        features.map((feature) => `<feature var="${feature}"/>`).join('') +
        `<x xmlns="jabber:x:data" type="result"><field var="FORM_TYPE" type="hidden"><value>http://jabber.org/network/serverinfo</value></field>` +
        `<field var="abuse-addresses" type="list-multi"><value>xmpp:admin@example.net</value></field>` +
        `<field var="admin-addresses" type="list-multi"><value>xmpp:admin@example.net</value></field></x></query>`,
    );
  });

  test('its item is the commands node, and below are the commands', async () => {
    assert.equal(
      await ask(`<query xmlns='${items}'/>`),
      `<query xmlns="${items}"><item jid="${push}" node="${commands}" name="Commands"/></query>`,
    );
    assert.equal(
      await ask(`<query xmlns='${items}' node='${commands}'/>`),
      `<query xmlns="${items}" node="${commands}"><item jid="${push}" node="register-device" name="Register device"/>` +
        `<item jid="${push}" node="unregister-device" name="Unregister device"/></query>`,
    );
  });

  test('the commands node and a command describe themselves', async () => {
    assert.match(await ask(`<query xmlns='${info}' node='${commands}'/>`), /category="automation" type="command-list"/);
    assert.equal(
      await ask(`<query xmlns='${info}' node='register-device'/>`),
      `<query xmlns="${info}" node="register-device"><identity category="automation" type="command-node" name="Register device"/>` +
        `<feature var="${commands}"/><feature var="jabber:x:data"/></query>`,
    );
  });

  test("a device's node is as unknown as any other", async () => {
    const node = await app.register('t');
    const of = async (name: string) => (await ask(`<query xmlns='${info}' node='${name}'/>`)).replaceAll(name, 'NODE');
    assert.match(await of(node), /item-not-found/);
    assert.equal(await of(node), await of('made-up'));
    assert.match(await ask(`<query xmlns='${items}' node='${node}'/>`), /item-not-found/);
  });

  test('ping (XEP-0199) and version (XEP-0092) are answered', async () => {
    assert.equal(await ask(`<ping xmlns='urn:xmpp:ping'/>`), '');
    assert.equal(
      await ask(`<query xmlns='jabber:iq:version'/>`),
      `<query xmlns="jabber:iq:version"><name>Reveille</name><version>0.0.0-test</version></query>`,
    );
  });

  test('what nobody handles is service-unavailable, two children are bad-request', async () => {
    assert.match(await ask(`<query xmlns='jabber:iq:last'/>`), /<error type="cancel"><service-unavailable/);
    assert.match(await ask(`<ping xmlns='urn:xmpp:ping'/><ping xmlns='urn:xmpp:ping'/>`), /<error type="modify"><bad-request/);
  });
});
