import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createBrowser } from '../../providers/webpush/browser.ts';
import { randomToken } from '../../providers/kit.ts';
import { buildMessage, errorOf, seal, signJwt } from './notifications.ts';
import { startStage, type Push2Stage } from './stage.ts';

let stage: Push2Stage;
before(async () => (stage = await startStage()));
after(() => stage.close());

const browser = createBrowser();
const payload = seal('<envelope/>', browser);
const topic = 'org.example.app';
const host = 'api.push.apple.com';
const clientOf = (token: string, call = '') => `https://${host}/3/device/${token}#${topic}${call === '' ? '' : `&amp;${call}`}`;
const at = (token: string) => stage.services.apple.pushes.filter((one) => one.token === token);
const waiting = ['wait', 'internal-server-error', 'try again later'] as const;
const gone = ['cancel', 'item-not-found', 'the push service knows no such client any more'] as const;
let accepted = 0;

/** Sends it, and waits until Apple has it. */
async function relay(message: string): Promise<void> {
  stage.app.peer.write(message);
  accepted += 1;
  await stage.ended('accepted', accepted);
}

async function refuses(message: string, [type, condition, text]: readonly [string, string, string]): Promise<void> {
  assert.equal(await stage.app.ask(message), errorOf(message, type, condition, text));
}

describe('a notification for an iPhone', () => {
  test('is an alert whose text the app takes from what was encrypted, under the id of the stanza', async () => {
    const [token, id] = [randomToken(), randomUUID()];
    await relay(buildMessage({ client: clientOf(token), payload, priority: 'high' }, undefined, id.toUpperCase()));
    const [push] = at(token);
    assert.deepEqual(push?.payload, { aps: { alert: { title: 'New Message' }, 'mutable-content': 1 }, rfc8291: payload });
    const { priority, pushType, collapseId } = push;
    assert.deepEqual([push.id, push.topic, pushType, priority, collapseId], [id, topic, 'alert', 10, undefined]);
    assert.deepEqual(await stage.answers(), []);
  });

  test('is in no hurry where the server says nothing of one', async () => {
    const token = randomToken();
    await relay(buildMessage({ client: clientOf(token), payload }, undefined, 'not a UUID'));
    assert.equal(at(token)[0]?.priority, 5);
    assert.match(at(token)[0]?.id ?? '', /^[\da-f-]{36}$/);
  });

  test('does not show Apple the token of the server, which is for Web Push', async () => {
    const token = randomToken();
    const jwt = signJwt({ aud: `https://${host}` });
    await relay(buildMessage({ client: clientOf(token), payload, jwt }));
    assert.match(String(at(token)[0]?.headers['authorization']), /^bearer /);
    assert.ok(!JSON.stringify(at(token)).includes(jwt.token));
  });

  test('about a call rings where the address has a token for calls, and shows where it has none', async () => {
    const [token, call, mute] = [randomToken(), randomToken(), randomToken()];
    await relay(buildMessage({ client: clientOf(token, call), payload, priority: 'high', more: '<voip/>' }));
    await relay(buildMessage({ client: clientOf(mute), payload, priority: 'high', more: '<voip/>' }));
    const [ring] = at(call);
    assert.deepEqual([ring?.topic, ring?.pushType, ring?.priority, at(token).length], [`${topic}.voip`, 'voip', 10, 0]);
    assert.equal(ring?.payload['rfc8291'], payload);
    assert.deepEqual([at(mute)[0]?.pushType, at(mute)[0]?.topic], ['alert', topic]);
  });

  test('too long for Apple arrives without what was encrypted, and the longest of mod_push2 with it', async () => {
    const [long, usual] = [randomToken(), randomToken()];
    await relay(buildMessage({ client: clientOf(long), payload: seal('x'.repeat(3_900), browser) }));
    await relay(buildMessage({ client: clientOf(usual), payload: seal('x'.repeat(2_847), browser) }));
    assert.deepEqual(Object.keys(at(long)[0]?.payload ?? {}), ['aps']);
    assert.deepEqual(Object.keys(at(usual)[0]?.payload ?? {}), ['aps', 'rfc8291']);
    assert.ok((at(usual)[0]?.bytes ?? Infinity) <= 4_096);
  });
});

describe('an address', () => {
  const text = 'is of no push service that is configured here';
  const foreign: Readonly<Record<string, string>> = {
    'of another app': `https://${host}/3/device/${randomToken()}#org.example.other`,
    "at Apple's other service": `https://api.sandbox.push.apple.com/3/device/${randomToken()}#${topic}`,
  };
  for (const [what, client] of Object.entries(foreign))
    test(`${what} is not acceptable`, () =>
      refuses(buildMessage({ client, payload }), ['modify', 'not-acceptable', `the address ${text}`]));

  test('with something else than a device token is not acceptable', () =>
    refuses(buildMessage({ client: clientOf('..%2F'), payload }), [
      'modify',
      'not-acceptable',
      'the address names no device token of APNs',
    ]));
});

describe('what Apple answers', () => {
  test('Unregistered: item-not-found, and Apple is not asked again', async () => {
    const token = randomToken();
    stage.services.apple.expire(token);
    await refuses(buildMessage({ client: clientOf(token), payload }), gone);
    stage.services.apple.revive(token);
    await refuses(buildMessage({ client: clientOf(token), payload }), gone);
    assert.equal(at(token).length, 0);
  });

  test('a token for calls that is dead: the call is shown', async () => {
    const [token, call] = [randomToken(), randomToken()];
    stage.services.apple.expire(call);
    await relay(buildMessage({ client: clientOf(token, call), payload, priority: 'high', more: '<voip/>' }));
    assert.equal(at(token)[0]?.pushType, 'alert');
  });

  test('not now, or not with our key: wait, for the app can do nothing about it', async () => {
    const token = randomToken();
    for (const [status, reason] of [
      [503, 'ServiceUnavailable'],
      [403, 'InvalidProviderToken'],
      [400, 'TopicDisallowed'],
    ] as const) {
      stage.services.apple.misbehave({ kind: 'answer', status, reason });
      await refuses(buildMessage({ client: clientOf(token), payload }), waiting);
      stage.services.apple.behave();
    }
  });
});

test('BadDeviceToken without a proof that our credentials are good is told as temporary', async () => {
  const fresh = await startStage();
  try {
    const token = randomToken();
    fresh.services.apple.markBad(token);
    const message = buildMessage({ client: clientOf(token), payload });
    assert.equal(await fresh.app.ask(message), errorOf(message, ...waiting));
  } finally {
    await fresh.close();
  }
});
