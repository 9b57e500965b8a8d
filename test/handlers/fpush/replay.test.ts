import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { FpushConfig } from '../../../src/config/sections/dialects.ts';
import { apns, fcm, push, startTestApp, type TestApp } from '../../helpers/app.ts';
import { startPushServices, type PushServices } from '../../helpers/push-services.ts';
import { randomRegistrationToken } from '../../providers/fcm/stage.ts';
import { randomToken } from '../../providers/kit.ts';
import { domain } from '../publishes.ts';
import { describeAnswer, fromProsody, publishes, refused, temporary } from './publishes.ts';

const monalModules = ['monalAlpha', 'monalProdiOS', 'monalProdCatalyst', 'quicksyProdiOS', 'quicksyProdCatalyst'].flatMap((name) => [
  name,
  `${name}-sandbox`,
]);
const fpush: FpushConfig = {
  modules: { ...Object.fromEntries(monalModules.map((name) => [name, apns])), someAndroidApp: fcm },
  default: undefined,
  ratelimitMs: 20_000,
};

let services: PushServices;
let app: TestApp;
before(async () => {
  services = await startPushServices();
  app = await startTestApp({ providers: services.providers, dialects: { fpush } });
});
afterEach(() => {
  services.apple.behave();
  services.google.behave();
});
after(async () => {
  await app.close();
  await services.close();
});

const publish = async (xml: string) => describeAnswer(await app.ask(xml));
const atApple = (token: string) => services.apple.pushes.filter((one) => one.token === token);
const atGoogle = (token: string) => services.google.pushes.filter((one) => one.token === token);

/** A push service with nobody to show for itself is not believed that a token is dead. */
async function proveBoth(): Promise<void> {
  assert.equal(await publish(fromProsody(randomToken(), { pushModule: 'monalProdiOS' })), 'result');
  assert.equal(await publish(fromProsody(randomRegistrationToken(), { pushModule: 'someAndroidApp' })), 'result');
}

test('as long as the credentials have brought nobody a push, a token that is called dead is answered wait and not remembered', async () => {
  const token = randomToken();
  services.apple.expire(token);
  services.apple.markBad(token);
  assert.equal(await publish(fromProsody(token, { pushModule: 'monalProdiOS' })), temporary);
  services.apple.revive(token);
  assert.equal(await publish(fromProsody(token, { pushModule: 'monalProdiOS' })), 'result');
});

for (const [server, build] of Object.entries(publishes)) {
  describe(`Monal behind ${server}`, () => {
    test('gets a constant mutable alert, and nothing of what was published', async () => {
      const token = randomToken();
      const sentAt = Date.now();
      assert.equal(await publish(build(token, { pushModule: 'monalProdiOS' })), 'result');
      const [arrived, ...more] = atApple(token);
      assert.equal(more.length, 0);
      assert.deepEqual(arrived?.payload, {
        aps: { alert: { title: 'New Message', body: 'New Message?' }, sound: 'default', 'mutable-content': 1 },
      });
      assert.equal(arrived.pushType, 'alert');
      assert.equal(arrived.priority, 10);
      assert.equal(arrived.collapseId, undefined);
      assert.ok((arrived.expiration ?? 0) * 1000 > sentAt, 'Apple may keep it while the phone is offline');
    });

    test('whose token is dead is refused with item-not-found, and again without asking Apple', async () => {
      await proveBoth();
      const token = randomToken();
      services.apple.expire(token);
      assert.equal(await publish(build(token, { pushModule: 'monalProdiOS' })), refused);
      services.apple.revive(token);
      assert.equal(await publish(build(token, { pushModule: 'monalProdiOS' })), refused);
      assert.equal(await publish(build(token.toUpperCase(), { pushModule: 'monalProdiOS' })), refused, 'in another spelling too');
      assert.equal(atApple(token).length, 0);
    });
  });

  describe(`An Android app of fpush behind ${server}`, () => {
    test('gets an urgent message without data', async () => {
      const token = randomRegistrationToken();
      assert.equal(await publish(build(token, { pushModule: 'someAndroidApp' })), 'result');
      const [arrived, ...more] = atGoogle(token);
      assert.equal(more.length, 0);
      assert.deepEqual(arrived?.message, { token, android: { priority: 'HIGH', ttl: arrived?.ttl }, data: {} });
      assert.match(String(arrived.ttl), /^1(?:4400|439\d)s$/);
    });

    test('whose token is dead is refused with item-not-found, and again without asking Google', async () => {
      await proveBoth();
      const token = randomRegistrationToken();
      services.google.unregister(token);
      assert.equal(await publish(build(token, { pushModule: 'someAndroidApp' })), refused);
      services.google.revive(token);
      assert.equal(await publish(build(token, { pushModule: 'someAndroidApp' })), refused);
      assert.equal(atGoogle(token).length, 0);
    });
  });
}

test('the answers are an empty result and the one permanent refusal, whole', async () => {
  const id = (xml: string) => / id='([^']*)'/.exec(xml)?.[1] ?? '';
  const good = fromProsody(randomToken(), { pushModule: 'monalProdiOS' });
  assert.equal(await app.ask(good), `<iq type="result" id="${id(good)}" from="${push}" to="${domain}"/>`);
  const bad = fromProsody(randomToken(), { pushModule: 'nobodys' });
  const ns = 'urn:ietf:params:xml:ns:xmpp-stanzas';
  assert.equal(
    await app.ask(bad),
    `<iq type="error" id="${id(bad)}" from="${push}" to="${domain}"><error type="cancel"><item-not-found xmlns="${ns}"/>` +
      `<text xmlns="${ns}" xml:lang="en">no such node</text></error></iq>`,
  );
});

for (const module of monalModules)
  test(`${module} is a module`, async () => {
    const token = randomToken();
    assert.equal(await publish(fromProsody(token, { pushModule: module })), 'result');
    assert.equal(atApple(token).length, 1);
  });

test('the names of no module are those of JavaScript either', async () => {
  for (const pushModule of ['constructor', '__proto__', 'toString'])
    assert.equal(await publish(fromProsody(randomToken(), { pushModule })), refused);
});

test('the secret of a p2 client before the module, and any number of other options, are no obstacle', async () => {
  const token = randomToken();
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`option-${index}`, 'x']));
  assert.equal(await publish(fromProsody(token, { secret: 'abc', ...many, pushModule: 'monalProdiOS' })), 'result');
  assert.equal(atApple(token).length, 1);
});

test('a push service that fails is answered wait, never cancel, and the next publish is tried at once', async () => {
  const [token, other] = [randomToken(), randomRegistrationToken()];
  services.apple.misbehave({ kind: 'answer', status: 503, reason: 'ServiceUnavailable' }, { times: 1 });
  services.google.misbehave({ kind: 'answer', status: 503, errorCode: 'UNAVAILABLE' }, { times: 1 });
  for (const answer of [temporary, 'result']) {
    assert.equal(await publish(fromProsody(token, { pushModule: 'monalProdiOS' })), answer);
    assert.equal(await publish(fromProsody(other, { pushModule: 'someAndroidApp' })), answer);
  }
});

test('Apple refusing our credentials is answered wait: the phone is fine', async () => {
  const token = randomToken();
  services.apple.misbehave({ kind: 'answer', status: 403, reason: 'InvalidProviderToken' }, { times: 1 });
  assert.equal(await publish(fromProsody(token, { pushModule: 'monalProdiOS' })), temporary);
  assert.equal(await publish(fromProsody(token, { pushModule: 'monalProdiOS' })), 'result');
});

test('no line of the log holds a token', async () => {
  await proveBoth();
  const [token, other] = [randomToken(), randomRegistrationToken()];
  services.apple.expire(token);
  services.google.unregister(other);
  for (const answer of [refused, refused]) {
    assert.equal(await publish(fromProsody(token, { pushModule: 'monalProdiOS' })), answer);
    assert.equal(await publish(fromProsody(other, { pushModule: 'someAndroidApp' })), answer);
  }
  const log = app.log.join('\n');
  assert.match(log, /token-dead/);
  for (const secret of [token, other, ...services.apple.pushes.map((one) => one.token)]) assert.ok(!log.includes(secret));
});
