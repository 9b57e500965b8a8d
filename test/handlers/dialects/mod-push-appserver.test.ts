import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { anna, apns, fcm, nodeOf, push, startTestApp, type TestApp } from '../../helpers/app.ts';
import { command, commands, form } from '../run-command.ts';
import { buildPublish, dummyBody } from './push-appserver.ts';

const formType = (name: string) => `https://github.com/tmolitor-stud-tu/mod_push_appserver/#${name}`;
const id = 'A14CD712-C862-4651-8F3F-24F281DBC6E4';
const phone = `${anna}/Monal-iOS.4f`;

let app: TestApp;
before(async () => {
  app = await startTestApp({ dialects: { modPushAppserver: { apns, fcm, http: false } } });
});
after(() => app.close());

type Values = Readonly<Record<string, string>>;
const register = (values: Values, from = phone) => app.ask(command('v1-register-push', form(values), `action='execute'`, from));
const unregister = (values: Values, from = phone) => app.ask(command('v1-unregister-push', form(values), `action='execute'`, from));
const secretOf = (answer: string) => /var="secret"[^>]*><value>([^<]+)</.exec(answer)?.[1] ?? assert.fail(answer);
const read = (answer: string) => ({ node: nodeOf(answer), secret: secretOf(answer) });
const session = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const error = (text: string) => ({
  kind: /<error type="(\w+)"><([\w-]+)/.exec(text)?.slice(1).join('/'),
  text: /<text[^>]*>([^<]*)/.exec(text)?.[1],
});

describe('mod_push_appserver by ad-hoc', () => {
  test('answers a registration of Monal with jid, node and secret, and the words its clients wait for', async () => {
    const answer = await app.ask(
      `<iq to='${push}' id='MyID-6465' type='set' from='${phone}'><command xmlns='${commands}' node='v1-register-push' action='execute'>` +
        `<x xmlns='jabber:x:data' type='submit'><field type='hidden' var='FORM_TYPE'><value>${formType('v1-register-push')}</value></field>` +
        `<field var='type'><value>apns</value></field><field var='node'><value>${id}</value></field>` +
        `<field var='token'><value>accept-monal</value></field></x></command></iq>`,
    );
    const { node, secret } = read(answer);
    assert.match(node, /^[\w-]{32}$/);
    assert.match(secret, /^[\w-]{32}$/);
    assert.equal(
      answer.replace(new RegExp(`sessionid="${session}"`), 'sessionid="…"'),
      `<iq type="result" id="MyID-6465" from="${push}" to="${phone}"><command xmlns="${commands}" node="v1-register-push" sessionid="…" status="complete">` +
        `<x xmlns="jabber:x:data" type="form"><field var="jid" type="jid-single"><value>${push}</value></field>` +
        `<field var="node" type="text-single"><value>${node}</value></field>` +
        `<field var="secret" type="text-single"><value>${secret}</value></field></x></command></iq>`,
    );
  });

  test('answers the end of a registration with jid and the id of the client', async () => {
    await register({ type: 'fcm', node: '9774d56d682e549c', token: 'accept-gone' });
    const answer = await unregister({ FORM_TYPE: formType('v1-unregister-push'), type: 'fcm', node: '9774d56d682e549c' });
    assert.equal(
      answer.replace(/ id="\w+"/, '').replace(new RegExp(`sessionid="${session}"`), 'sessionid="…"'),
      `<iq type="result" from="${push}" to="${phone}"><command xmlns="${commands}" node="v1-unregister-push" sessionid="…" status="complete">` +
        `<x xmlns="jabber:x:data" type="form"><field var="jid" type="jid-single"><value>${push}</value></field>` +
        `<field var="node" type="text-single"><value>9774d56d682e549c</value></field></x></command></iq>`,
    );
    assert.equal(error(await unregister({ type: 'fcm', node: '9774d56d682e549c' })).kind, 'cancel/item-not-found');
  });

  test('takes whatever FORM_TYPE comes, and none', async () => {
    for (const given of [{}, { FORM_TYPE: formType('v1-register-push') }, { FORM_TYPE: 'urn:example' }])
      assert.match(await register({ ...given, type: 'apns', node: id, token: 'accept-monal' }), /status="complete"/);
  });

  test('keeps node and secret of a device that comes again, with the same token and with another', async () => {
    const first = read(await register({ type: 'apns', node: 'again', token: 'accept-one' }));
    assert.deepEqual(read(await register({ type: 'apns', node: 'again', token: 'accept-one' })), first);
    assert.deepEqual(read(await register({ type: 'apns', node: 'again', token: 'reject-two' })), first);
    assert.equal(error(await app.ask(buildPublish(first, dummyBody))).kind, 'wait/internal-server-error', 'the new token is asked');
  });

  test('tells devices of other accounts apart that call themselves the same', async () => {
    const mine = read(await register({ type: 'apns', node: 'same', token: 'accept-same' }));
    const hers = read(await register({ type: 'apns', node: 'same', token: 'accept-same' }, 'eve@example.org/x'));
    assert.notEqual(hers.node, mine.node);
    assert.notEqual(hers.secret, mine.secret);
    assert.match(await unregister({ type: 'apns', node: 'same' }, 'eve@example.org/x'), /status="complete"/);
    assert.match(await app.ask(buildPublish(mine, dummyBody)), /type="result"/);
  });

  const refused: Readonly<Record<string, readonly [Values, string]>> = {
    'without type': [{ node: id, token: 'accept-x' }, 'missing: type'],
    'without node': [{ type: 'apns', token: 'accept-x' }, 'missing: node'],
    'without token': [{ type: 'apns', node: id }, 'missing: token'],
    'with an empty form': [{}, 'missing: type, node, token'],
    'of an unknown type': [{ type: 'wns', node: id, token: 'accept-x' }, 'type is to be apns or fcm'],
    'of a type in capitals': [{ type: 'APNS', node: id, token: 'accept-x' }, 'type is to be apns or fcm'],
    'with a node too long': [
      { type: 'apns', node: 'x'.repeat(256), token: 'accept-x' },
      'node is to be 1 to 255 printable characters of ASCII',
    ],
    'with a node that is no id': [{ type: 'apns', node: 'ä', token: 'accept-x' }, 'node is to be 1 to 255 printable characters of ASCII'],
    'with a token of white space': [{ type: 'apns', node: id, token: 'a b' }, 'token contains white space'],
    'with a token too long': [{ type: 'apns', node: id, token: 'x'.repeat(4097) }, 'token is not a device token'],
    'with the other form': [
      { FORM_TYPE: formType('v1-unregister-push'), type: 'apns', node: id, token: 'accept-x' },
      'this form is for v1-unregister-push',
    ],
  };
  for (const [what, [values, text]] of Object.entries(refused))
    test(`refuses a registration ${what} as its clients know it`, async () => {
      const { kind, text: said } = error(await register(values));
      assert.equal(kind, 'modify/not-acceptable');
      if (what !== 'with a token of white space') assert.equal(said, text);
    });

  test('refuses the end of a registration without node, and of an unknown type', async () => {
    assert.deepEqual(error(await unregister({ type: 'apns' })), { kind: 'modify/not-acceptable', text: 'missing: node' });
    assert.deepEqual(error(await unregister({ type: 'x', node: id })), {
      kind: 'modify/not-acceptable',
      text: 'type is to be apns or fcm',
    });
  });

  test('refuses whoever may not register', async () => {
    assert.equal(error(await register({ type: 'apns', node: id, token: 'accept-x' }, 'example.org')).kind, 'auth/forbidden');
  });

  test('is not there where it is switched off, and no type without a provider', async () => {
    const without = await startTestApp();
    const onlyFcm = await startTestApp({ dialects: { modPushAppserver: { fcm, http: false } } });
    try {
      const ask = (one: TestApp) => one.ask(command('v1-register-push', form({ type: 'apns', node: id, token: 'accept-x' }), '', phone));
      assert.equal(error(await ask(without)).kind, 'cancel/item-not-found');
      assert.deepEqual(error(await ask(onlyFcm)), { kind: 'modify/not-acceptable', text: 'no devices of type apns here' });
    } finally {
      await Promise.all([without.close(), onlyFcm.close()]);
    }
  });

  test('shows people a form, and that again with what is wrong', async () => {
    const question = await app.ask(command('v1-register-push', '', `action='execute'`, phone));
    const asked = /sessionid="([^"]+)" status="executing"/.exec(question)?.[1];
    const again = await app.ask(command('v1-register-push', form({ type: 'x', node: 'x', token: 'x' }), `sessionid='${asked}'`, phone));
    assert.match(again, /status="executing".*<note type="error">type is to be apns or fcm<\/note>/);
  });
});

describe('a publish to a device of mod_push_appserver', () => {
  const unknown = async () => (await app.ask(buildPublish({ node: 'x'.repeat(32), secret: 's' }))).replaceAll(/ id="[^"]*"/g, '');

  test('goes through with its secret, from whatever server', async () => {
    const enabled = read(await register({ type: 'apns', node: 'publish', token: 'accept-publish' }));
    assert.match(await app.ask(buildPublish(enabled, dummyBody)), /^<iq type="result"[^>]*\/>$/);
    assert.match(await app.ask(buildPublish(enabled).replace("from='example.net'", "from='elsewhere.example'")), /type="result"/);
  });

  test('is refused without its secret and with a wrong one, in the words for a node that there is not', async () => {
    const { node } = read(await register({ type: 'apns', node: 'secret', token: 'accept-secret' }));
    for (const secret of [undefined, 'wrong', 'x'.repeat(5000)]) {
      const answer = await app.ask(buildPublish({ node, secret }, dummyBody));
      assert.equal(answer.replaceAll(/ id="[^"]*"/g, ''), await unknown());
    }
  });

  test('is refused once the device is unregistered, and where the node is the id of the client', async () => {
    const enabled = read(await register({ type: 'apns', node: 'ended', token: 'accept-ended' }));
    const answer = await app.ask(buildPublish({ node: 'ended', secret: enabled.secret }));
    assert.equal(answer.replaceAll(/ id="[^"]*"/g, ''), await unknown());
    await unregister({ type: 'apns', node: 'ended' });
    assert.equal((await app.ask(buildPublish(enabled))).replaceAll(/ id="[^"]*"/g, ''), await unknown());
  });
});

test('the log tells of the commands, and neither secrets nor tokens', async () => {
  const { secret } = read(await register({ type: 'apns', node: 'logged', token: 'accept-hush-hush' }));
  const log = app.log.join('');
  assert.ok(/"command":"v1-register-push","result":"completed".*"event":"command"/.test(log));
  assert.ok(!log.includes(secret) && !log.includes('hush-hush'));
});
