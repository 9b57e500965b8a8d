import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { randomRegistrationToken } from '../providers/fcm/stage.ts';
import { capturedServers, scriptedServers } from '../servers/scripted/scripted-server.ts';
import { newToken, newUser, openStage, siskinProvider, storkProvider, type Stage } from './stage.ts';

const refused = { type: 'cancel', condition: 'item-not-found' };
const sender = 'bob@example.net';
const text = 'Are you there? ☎';
const both = { apns: siskinProvider, fcm: storkProvider };

/** A client of another app server than Tigase's: what it asks, and what its app reads in the push. */
interface Client {
  readonly name: string;
  readonly service: 'apns' | 'fcm';
  readonly resource: string;
  readonly register: (token: string, deviceId: string) => string;
  readonly unregister: (deviceId: string) => string;
  /** What its app reads: the data of FCM; at APNs, whether the text of the message went along. */
  readonly reads: (account: string, deviceId: string) => object;
}

const field = (name: string, value: string) => `<field var='${name}'><value>${value}</value></field>`;
const command = (attributes: string, ...fields: readonly string[]) =>
  `<command xmlns='http://jabber.org/protocol/commands' ${attributes}><x xmlns='jabber:x:data' type='submit'>${fields.join('')}</x></command>`;
const hash = (account: string, deviceId: string) => createHash('sha1').update(`${account}\0${deviceId}`).digest('hex');

function conversations(name: string, resource: string, attributes: string): Client {
  return {
    name,
    service: 'fcm',
    resource,
    register: (token, id) => command(`node='register-push-fcm' ${attributes}`, field('token', token), field('android-id', id)),
    unregister: (id) => command(`node='unregister-push-fcm' action='execute'`, field('android-id', id)),
    reads: (account, id) => ({ account: hash(account, id) }),
  };
}

const fluux: Client = {
  name: 'Fluux',
  service: 'apns',
  resource: 'fluux',
  register: (token, id) => command(`node='register-push-apns' action='execute'`, field('device-id', id), field('token', token)),
  unregister: (id) => command(`node='unregister-push-apns' action='execute'`, field('device-id', id)),
  reads: () => ({ text: false }),
};

const appserver = (service: 'apns' | 'fcm'): Client => ({
  name: `A client of mod_push_appserver, ${service === 'apns' ? 'APNs' : 'FCM'}`,
  service,
  resource: 'phone',
  register: (token, id) =>
    command(`node='v1-register-push' action='execute'`, field('type', service), field('node', id), field('token', token)),
  unregister: (id) => command(`node='v1-unregister-push' action='execute'`, field('type', service), field('node', id)),
  reads: () => (service === 'apns' ? { text: false } : {}),
});

const clients: readonly Client[] = [
  conversations('Conversations up to 2.19.13', 'Conversations.aBcD', `action='execute'`),
  conversations('Conversations since 2.19.14', 'Conversations.eFgH', `action='complete'`),
  conversations('Snikket for Android', 'Snikket Android.1', `action='execute'`),
  fluux,
  appserver('apns'),
  appserver('fcm'),
];

let stage: Stage;
before(async () => {
  stage = await openStage({ p2: both, fluux: { apns: siskinProvider }, modPushAppserver: { ...both, http: false } });
  // A refusal without a date is believed once the credentials have woken somebody else.
  const server = stage.play(scriptedServers[0]!);
  for (const [token, provider] of [
    [newToken(), siskinProvider],
    [randomRegistrationToken(), storkProvider],
  ] as const)
    assert.equal(await server.write(server.enable(await stage.app.register(token, newUser(), provider))), 'result');
});
after(() => stage.close());

/** The one push to this token, as its app reads it. */
function readAsApp({ service }: Client, token: string): object {
  const { apple, google } = stage.services;
  const atApple = apple.pushes.filter((push) => push.token === token);
  const atGoogle = google.pushes.filter((push) => push.token === token);
  assert.equal(atApple.length + atGoogle.length, 1);
  if (service === 'fcm') return atGoogle[0]!.data;
  return { text: JSON.stringify(atApple[0]!.payload).includes('there?') };
}

function die({ service }: Client, token: string): void {
  if (service === 'fcm') stage.services.google.unregister(token);
  else stage.services.apple.expire(token);
}

for (const client of clients)
  for (const manners of [...capturedServers, ...scriptedServers]) {
    describe(`${client.name} behind ${manners.name}`, () => {
      test('the whole life of a phone', async () => {
        const account = newUser();
        const deviceId = randomBytes(8).toString('hex');
        const token = client.service === 'fcm' ? randomRegistrationToken() : newToken();
        const server = stage.play(manners);
        const tries = Math.min(manners.patience, 17);
        const ask = (payload: string) => stage.ask(`${account}/${client.resource}`, 'set', payload);
        const register = async () => {
          const answer = await ask(client.register(token, deviceId));
          const [node, secret] = ['node', 'secret'].map((name) => new RegExp(`var="${name}"[^>]*><value>([^<]+)<`).exec(answer)?.[1]);
          assert.ok(node !== undefined && secret !== undefined, answer);
          return { node, secret };
        };
        const endures = async ({ node, secret }: { readonly node: string; readonly secret: string }) => {
          const registration = server.enable(node, { secret });
          for (let count = 1; count <= tries; count += 1) assert.deepEqual(await server.write(registration), refused);
          assert.equal(registration.isAlive, manners.patience === Infinity);
        };

        const enabled = await register();
        assert.deepEqual(await server.write(server.enable(enabled.node)), refused, 'without the secret');
        assert.equal(await server.write(server.enable(enabled.node, { secret: enabled.secret }), { text, sender }), 'result');
        assert.deepEqual(readAsApp(client, token), client.reads(account, deviceId));

        assert.match(await ask(client.unregister(deviceId)), /^<iq type="result"/);
        await endures(enabled);

        const again = await register();
        die(client, token);
        await endures(again);
      });
    });
  }
