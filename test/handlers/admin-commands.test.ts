import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { anna, apns, fcm, push, startTestApp } from '../helpers/app.ts';
import type { TestApp } from '../helpers/app.ts';
import { createTestDatabase } from '../helpers/database/postgres.ts';
import { admin, anybody, assertRefused, command, commands, contentOf, fillIn, form, rowsOf, sessionOf } from './run-command.ts';

const nodes = ['send-test-push', 'list-devices', 'remove-devices', 'statistics'];
const day = /^\d{4}-\d\d-\d\d$/;

let app: TestApp;
before(async () => {
  app = await startTestApp({ limits: { devicesPerOwner: 100 } });
});
after(() => app.close());

let count = 0;
const seen = (from: string, payload: string) => app.ask(`<iq type='get' id='d${(count += 1)}' from='${from}' to='${push}'>${payload}</iq>`);

describe('the commands of administrators', () => {
  test('are listed for them, on whichever device they are, and for nobody else', async () => {
    const list = `<query xmlns='http://jabber.org/protocol/disco#items' node='${commands}'/>`;
    for (const node of nodes) {
      assert.match(await seen(admin, list), new RegExp(`node="${node}"`));
      assert.doesNotMatch(await seen(anybody, list), new RegExp(`node="${node}"`));
      assert.doesNotMatch(await seen('example.net', list), new RegExp(`node="${node}"`));
    }
  });

  test('describe themselves to them, and are unknown nodes to everybody else', async () => {
    for (const node of nodes) {
      const info = `<query xmlns='http://jabber.org/protocol/disco#info' node='${node}'/>`;
      assert.match(await seen(admin, info), /<identity category="automation" type="command-node" name="[A-Z][a-z ]+"\/>/);
      assert.match(await seen(anybody, info), /<error type="cancel"><item-not-found/);
    }
  });

  test('are forbidden to everybody else, with a form and without one', async () => {
    for (const node of nodes) {
      for (const content of ['', form({ jid: anna, confirm: '1' })])
        assert.match(await app.ask(command(node, content, `action='execute'`, anybody)), /<error type="auth"><forbidden/);
    }
  });
});

describe('list-devices', () => {
  test('asks for a filter, in words, with each provider as a choice', async () => {
    const content = contentOf(await app.ask(command('list-devices')), 'executing');
    assert.equal(
      content,
      '<actions execute="complete"><complete/></actions><x xmlns="jabber:x:data" type="form"><title>List devices</title>' +
        '<instructions>Shows registered devices. What is left empty does not narrow the list.</instructions>' +
        '<field var="jid" type="jid-single" label="Account"><desc>Devices of this account, for instance anna@example.org</desc></field>' +
        '<field var="domain" type="text-single" label="Domain"><desc>Devices of all accounts of this domain, for instance example.org</desc></field>' +
        '<field var="provider" type="list-single" label="Provider"><desc>Devices registered for this push service</desc><value>*</value>' +
        `<option label="any"><value>*</value></option><option label="${apns}"><value>${apns}</value></option>` +
        `<option label="${fcm}"><value>${fcm}</value></option></field>` +
        '<field var="dialect" type="list-single" label="Dialect"><desc>Devices whose apps were made for this app server; tigase is the one that Reveille speaks by itself</desc>' +
        '<value>*</value><option label="any"><value>*</value></option><option label="tigase"><value>tigase</value></option></field>' +
        `<field var="node" type="text-single" label="Node"><desc>The one device behind this pubsub node, as the XMPP server's log names it</desc></field></x>`,
    );
  });

  test('answers with a table that shows no token in full', async () => {
    const node = await app.register('0123456789abcdef', 'lea@list.example');
    const answer = await fillIn(app, 'list-devices', { jid: 'Lea@list.example/phone', domain: '', provider: '*', node: '' });
    const content = contentOf(answer, 'completed');
    const today = new Date().toISOString().slice(0, 10);
    const cells = { owner: 'lea@list.example', provider: apns, registered: today, used: today, token: '012345…', node, dialect: 'tigase' };
    assert.equal(
      content,
      '<x xmlns="jabber:x:data" type="result"><title>List devices</title><instructions>1 device.</instructions>' +
        `<field var="text" type="text-multi" label="As text"><value>${Object.values(cells).join(' | ')}</value></field><reported>` +
        '<field var="owner" type="jid-single" label="Account"/><field var="provider" type="text-single" label="Provider"/>' +
        '<field var="registered" type="text-single" label="Registered"/><field var="used" type="text-single" label="Used"/>' +
        '<field var="token" type="text-single" label="Token"/><field var="node" type="text-single" label="Node"/><field var="dialect" type="text-single" label="Dialect"/></reported><item>' +
        Object.entries(cells)
          .map(([name, value]) => `<field var="${name}"><value>${value}</value></field>`)
          .join('') +
        '</item></x><note type="info">1 device.</note>',
    );
    assert.match(rowsOf(content)[0]![2]!, day);
  });

  test('narrows by domain, provider and node, in one shot as well', async () => {
    const node = await app.register('one', 'a@narrow.example');
    await app.register('two', 'b@narrow.example', fcm);
    const owners = async (values: Readonly<Record<string, string>>) =>
      rowsOf(contentOf(await app.ask(command('list-devices', form(values))), 'completed')).map(([owner]) => owner);
    assert.deepEqual(await owners({ domain: 'narrow.example' }), ['a@narrow.example', 'b@narrow.example']);
    assert.deepEqual(await owners({ domain: 'NARROW.example', provider: fcm }), ['b@narrow.example']);
    assert.deepEqual(await owners({ node }), ['a@narrow.example']);
    assert.deepEqual(await owners({ node, provider: fcm }), []);
  });

  test('shows 50 at most, and says how many there are', async () => {
    for (let i = 0; i < 52; i += 1) await app.register(`token${i}`, 'many@many.example');
    const content = contentOf(await app.ask(command('list-devices', form({ domain: 'many.example' }))), 'completed');
    assert.equal(rowsOf(content).length, 50);
    assert.match(content, /<note type="warn">The first 50 of 52 devices\./);
  });

  test('says that nothing matches', async () => {
    const content = contentOf(await app.ask(command('list-devices', form({ domain: 'nobody.example' }))), 'completed');
    assert.equal(content, '<note type="info">No device matches.</note>');
  });

  test('refuses what is no address', async () => {
    await assertRefused(app, 'list-devices', { jid: 'example.net' }, '"example.net" is not the address of an account');
    await assertRefused(app, 'list-devices', { domain: 'anna@example.net' }, '"anna@example.net" is not a domain');
  });
});

describe('remove-devices', () => {
  const left = async (domain: string) =>
    rowsOf(contentOf(await app.ask(command('list-devices', form({ domain }))), 'completed')).map(([owner]) => owner);

  test('removes one device by its node without further question', async () => {
    const node = await app.register('r1', 'a@one.example');
    await app.register('r2', 'a@one.example');
    const answer = await fillIn(app, 'remove-devices', { node, confirm: '0' });
    assert.equal(contentOf(answer, 'completed'), '<note type="info">1 device removed.</note>');
    assert.deepEqual(await left('one.example'), ['a@one.example']);
    assert.match(await app.ask(publish(node)), /item-not-found/);
  });

  test('wants several confirmed, keeps what was entered, and then removes them all', async () => {
    for (const owner of ['a', 'b', 'c']) await app.register('r', `${owner}@several.example`);
    const values = { domain: 'several.example', provider: apns };
    const text = '3 devices would be removed. If that is meant, tick "Remove several".';
    await assertRefused(app, 'remove-devices', values, text);
    const again = await fillIn(app, 'remove-devices', values);
    assert.match(again, /<field var="domain"[^>]*><desc>[^<]+<\/desc><value>several.example<\/value>/);
    assert.match(again, new RegExp(`<field var="provider"[^>]*><desc>[^<]+</desc><value>${apns}</value><option`));
    assert.equal((await left('several.example')).length, 3);
    const session = sessionOf(again);
    const confirmed = command('remove-devices', form({ ...values, confirm: 'true' }), `sessionid='${session}' action='complete'`);
    assert.equal(contentOf(await app.ask(confirmed), 'completed'), '<note type="info">3 devices removed.</note>');
    assert.deepEqual(await left('several.example'), []);
  });

  test('offers a provider that is no longer configured while devices of it are left', async () => {
    const database = await createTestDatabase();
    try {
      const before = await startTestApp({ database: { url: database.url } });
      await before.register('old', 'a@retired.example', fcm).finally(() => before.close());
      const providers = before.config.providers.filter(({ id }) => id !== fcm);
      const now = await startTestApp({ database: { url: database.url }, providers });
      try {
        const content = contentOf(await now.ask(command('remove-devices')), 'executing');
        assert.ok(content.includes(`<option label="${fcm} (no longer configured)"><value>${fcm}</value></option>`), content);
        assert.equal(
          contentOf(await fillIn(now, 'remove-devices', { provider: fcm }), 'completed'),
          '<note type="info">1 device removed.</note>',
        );
        assert.doesNotMatch(await now.ask(command('remove-devices')), /no longer configured/);
      } finally {
        await now.close();
      }
    } finally {
      await database.close();
    }
  });

  test('never removes everything', async () => {
    const text = 'Say which devices: an account, a domain, a provider, a dialect or a node.';
    await assertRefused(app, 'remove-devices', { confirm: '1' }, text);
    await assertRefused(app, 'remove-devices', { provider: '*', jid: '', confirm: '1' }, text);
  });

  test('says that nothing matches', () => assertRefused(app, 'remove-devices', { jid: 'nobody@example.net' }, 'No device matches.'));
});

describe('send-test-push', () => {
  const said = async (values: Readonly<Record<string, string>>) => contentOf(await fillIn(app, 'send-test-push', values), 'completed');

  test('tells for each device of an account what the push service said', async () => {
    const tokens = ['accept-0123456789', 'reject-0123456789', 'retry-0123456789', 'gone-0123456789'];
    for (const token of tokens) await app.register(token, 'tess@example.net');
    const content = await said({ jid: 'tess@example.net' });
    assert.match(content, /<reported><field var="provider".*<\/x><note type="warn">Accepted for 1 of 4 devices\.<\/note>$/);
    assert.deepEqual(Object.fromEntries(rowsOf(content).map(([, token, outcome]) => [token, outcome])), {
      'accept…': 'accepted',
      'reject…': 'rejected: PayloadTooLarge',
      'retry-…': 'not delivered now: ServiceUnavailable',
      'gone-0…': 'gone: the token is dead; the registration was removed',
    });
    assert.equal(rowsOf(contentOf(await app.ask(command('list-devices', form({ jid: 'tess@example.net' }))), 'completed')).length, 3);
  });

  test('goes to one device by its node', async () => {
    const node = await app.register('accept-the-node', 'tom@example.net');
    await app.register('accept-other', 'tom@example.net');
    const content = await said({ node, body: 'Hello' });
    assert.match(content, /<note type="info">Accepted for 1 of 1 device\.<\/note>/);
    assert.deepEqual(rowsOf(content), [[apns, 'accept…', 'accepted']]);
  });

  test('is an error where no push service took it', async () => {
    await app.register('reject-me', 'ron@example.net');
    assert.match(await said({ jid: 'ron@example.net' }), /<note type="error">Accepted for 0 of 1 device\.<\/note>/);
  });

  test('refuses an account without devices, an unknown node, and nothing at all', async () => {
    await assertRefused(app, 'send-test-push', { jid: 'nobody@example.net' }, 'No device of nobody@example.net is registered.');
    await assertRefused(app, 'send-test-push', { node: 'made-up' }, 'No such device is registered.');
    await assertRefused(app, 'send-test-push', { body: 'Hello' }, 'Say where to: an account or a node.');
  });
});

describe('statistics', () => {
  test('comes at once, without a form', async () => {
    const content = contentOf(await app.ask(command('statistics')), 'completed');
    const values = new Map(
      [...content.matchAll(/<field var="([^"]+)" type="[^"]+" label="[^"]+">(.*?)<\/field>/g)].map(([, name, inner = '']) => [
        name,
        [...inner.matchAll(/<value>([^<]*)<\/value>/g)].map(([, value]) => value),
      ]),
    );
    assert.deepEqual([...values.keys()], ['version', 'started', 'connections', 'in-flight', 'devices', 'providers', 'dialects']);
    assert.match(values.get('dialects')!.join(), /^tigase: \d+ devices$/);
    assert.deepEqual([values.get('version'), values.get('connections'), values.get('in-flight')], [['0.0.0-test'], ['1 of 1'], ['1']]);
    assert.match(values.get('started')![0]!, /^\d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
    assert.match(values.get('providers')!.join(), new RegExp(`^${apns}: \\d+ devices, ready,${fcm}: \\d+ devices?, ready$`));
  });
});

function publish(node: string): string {
  return `<iq type='set' id='p' from='one.example' to='${push}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item/></publish></pubsub></iq>`;
}
