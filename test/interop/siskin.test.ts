import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { push } from '../helpers/app.ts';
import { callAsSiskin, callAsSnikket, understand } from '../rest/apps.ts';
import type { Manners } from '../servers/scripted/manners.ts';
import { capturedServers, scriptedServers } from '../servers/scripted/scripted-server.ts';
import { command, discoInfo, fieldOf, newToken, newUser, openStage, siskinProvider, snikketProvider, type Stage } from './stage.ts';

interface App {
  readonly name: string;
  readonly provider: string;
  readonly resource: string;
  /** Unregisters the device of a user who is not connected; settles with what the app makes of the answer. */
  callRest(port: number, account: string, token: string): Promise<string>;
}

const apps: readonly App[] = [
  {
    name: 'Siskin IM',
    provider: siskinProvider,
    resource: 'Siskin',
    callRest: async (port, account, token) => understand((await callAsSiskin({ port, jid: push, account, token })).at(-1)!.body),
  },
  {
    name: 'Snikket for iOS',
    provider: snikketProvider,
    resource: 'Snikket.1a2b',
    callRest: async (port, account, token) => understand((await callAsSnikket({ port, jid: push, account, token })).body),
  },
];

const refused = { type: 'cancel', condition: 'item-not-found' };
const text = 'Are you there? ☎';
const sender = 'bob@example.net';

let stage: Stage;
before(async () => (stage = await openStage()));
after(() => stage.close());

/** The phone of one account. Tokens as the app writes them: the first in capitals, that of PushKit not. */
class Phone {
  readonly account = newUser();
  readonly token = newToken().toUpperCase();
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** What makes the app choose this component: its identity, and what it announces. */
  async isWelcome(): Promise<boolean> {
    const info = await this.#ask('get', discoInfo);
    const features = ['urn:xmpp:push:0', this.#app.provider];
    return info.includes('category="pubsub" type="push"') && features.every((feature) => info.includes(`<feature var="${feature}"/>`));
  }

  /** Settles with the node, when the answer holds all that the app's library needs. */
  async register(): Promise<string> {
    const answer = await this.#ask(
      'set',
      command('register-device', { ...this.#fields(), 'device-second-token': ['text-single', newToken()] }),
    );
    assert.match(answer, /<command [^>]*node="register-device"[^>]*><x [^>]*type="result"/);
    assert.equal(fieldOf(answer, 'features', 'text-multi'), 'tigase:push:encrypt:0');
    assert.ok(Number(fieldOf(answer, 'max-payload-size', 'text-single')) > 0);
    const node = fieldOf(answer, 'node', 'text-single');
    assert.ok(node);
    return node;
  }

  unregister(): Promise<string> {
    return this.#ask('set', command('unregister-device', this.#fields()));
  }

  unregisterOverRest(): Promise<string> {
    return this.#app.callRest(stage.app.app.httpPort, this.account, this.token);
  }

  /** What reached the phone. */
  pushes() {
    return stage.services.apple.pushes.filter(({ token }) => token === this.token.toLowerCase());
  }

  #fields(): Parameters<typeof command>[1] {
    return { provider: ['text-single', this.#app.provider], 'device-token': ['text-single', this.token] };
  }

  #ask(type: 'get' | 'set', payload: string): Promise<string> {
    return stage.ask(`${this.account}/${this.#app.resource}`, type, payload);
  }
}

/** A server gives a registration up exactly when its source says, and not one publish earlier. */
async function writeUntilItGivesUp(server: ReturnType<Stage['play']>, node: string, manners: Manners): Promise<void> {
  const registration = server.enable(node);
  const tries = Math.min(manners.patience, 17);
  for (let count = 1; count <= tries; count += 1) assert.deepEqual(await server.write(registration), refused);
  assert.equal(registration.isAlive, manners.patience === Infinity);
}

for (const app of apps) {
  for (const manners of [...capturedServers, ...scriptedServers]) {
    describe(`${app.name} behind ${manners.name}`, () => {
      test('the whole life of a phone', async () => {
        const server = stage.play(manners);
        const phone = new Phone(app);
        assert.ok(await phone.isWelcome());
        const node = await phone.register();
        assert.equal(await phone.register(), node, 'it registers again whenever it is in doubt');

        const registration = server.enable(node);
        assert.equal(await server.write(registration, { text, sender }), 'result');
        const [first, ...others] = phone.pushes();
        assert.deepEqual(others, []);
        assert.ok(first);
        const { aps, ...own } = first.payload;
        assert.deepEqual(own, { account: phone.account, ...manners.tells({ text, sender }) });
        assert.equal((aps as Record<string, unknown>)['mutable-content'], 1);
        assert.deepEqual([first.pushType, first.priority], ['alert', 10]);

        assert.match(await phone.unregister(), /^<iq type="result".*status="completed"/);
        assert.match(await phone.unregister(), /<item-not-found/, 'which the app takes for success');
        await writeUntilItGivesUp(server, node, manners);

        const again = await phone.register();
        assert.notEqual(again, node);
        assert.equal(await server.write(server.enable(again)), 'result');
        assert.equal(await phone.unregisterOverRest(), 'success');
        assert.equal(await phone.unregisterOverRest(), 'failure');
        await writeUntilItGivesUp(server, again, manners);

        const last = await phone.register();
        stage.services.apple.expire(phone.token);
        await writeUntilItGivesUp(server, last, manners);
        assert.equal(phone.pushes().length, 2);
      });
    });
  }
}
