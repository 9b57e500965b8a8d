import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import type { FpushConfig } from '../../../src/config/sections/dialects.ts';
import { apns, fcm, startTestApp, type TestApp } from '../../helpers/app.ts';
import { startDatabaseProxy } from '../../helpers/database/proxy.ts';
import { createTestDatabase } from '../../helpers/database/postgres.ts';
import { startPushServices, type PushServices } from '../../helpers/push-services.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { randomRegistrationToken } from '../../providers/fcm/stage.ts';
import { randomToken } from '../../providers/kit.ts';
import { describeAnswer, fromProsody, refused, temporary, type Options } from './publishes.ts';

const usual: FpushConfig = { modules: { monalProdiOS: apns, someAndroidApp: fcm }, default: undefined, ratelimitMs: 3_600_000 };
const monal: Options = { pushModule: 'monalProdiOS' };

let services: PushServices;
before(async () => (services = await startPushServices()));
after(() => services.close());

const atApple = (token: string) => services.apple.pushes.filter((one) => one.token === token);
const atGoogle = (token: string) => services.google.pushes.filter((one) => one.token === token);

interface Changes {
  readonly url?: string;
  readonly registrants?: readonly string[];
}

/** Uses the program with this table, and ends it. */
async function withApp(
  fpush: FpushConfig | undefined,
  use: (app: TestApp) => Promise<void>,
  { url, registrants }: Changes = {},
): Promise<void> {
  const app = await startTestApp({
    providers: services.providers,
    dialects: { fpush },
    ...(url === undefined ? {} : { database: { url } }),
    ...(registrants === undefined ? {} : { component: { registrants } }),
  });
  try {
    await use(app);
  } finally {
    await app.close();
  }
}

async function publish(app: TestApp, node: string, options: Options = {}, from?: string): Promise<string> {
  return describeAnswer(await app.ask(fromProsody(node, options, from)));
}

async function readMetric(app: TestApp, series: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${app.app.httpPort}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1));
}

test('without its table the dialect is off: a token is an unknown node', () =>
  withApp(undefined, async (app) => {
    const token = randomToken();
    assert.equal(await publish(app, token, monal), refused);
    assert.equal(atApple(token).length, 0);
    assert.ok(Number.isNaN(await readMetric(app, 'reveille_stateless_waiting{dialect="fpush"}')));
  }));

describe('a publish without a module', () => {
  test('goes nowhere where there is no default', () =>
    withApp(usual, async (app) => {
      const token = randomToken();
      assert.equal(await publish(app, token), refused);
      assert.equal(await publish(app, token, { secret: 'abc' }), refused);
      assert.equal(atApple(token).length, 0);
    }));

  test('goes to the default, if its node may be a token there', () =>
    withApp({ ...usual, default: 'monalProdiOS' }, async (app) => {
      const [token, other] = [randomToken(), randomRegistrationToken()];
      assert.equal(await publish(app, token), 'result');
      assert.equal(atApple(token).length, 1);
      assert.equal(await publish(app, other), refused);
      assert.equal(atGoogle(other).length, 0);
    }));

  test('goes nowhere where it names a module that there is not, whatever the default', () =>
    withApp({ ...usual, default: 'monalProdiOS' }, async (app) => {
      assert.equal(await publish(app, randomToken(), { pushModule: 'another' }), refused);
    }));
});

test('what can not be a token is an unknown node: a publish that never arrives ends the registration', () =>
  withApp(usual, async (app) => {
    const apple = ['ab'.repeat(31), 'ab'.repeat(201), `${'ab'.repeat(31)}zz`, randomRegistrationToken()];
    for (const node of apple) assert.equal(await publish(app, node, monal), refused);
    for (const node of ['x'.repeat(63), 'x'.repeat(513), 'a b'.repeat(30), 'ab'.repeat(32)])
      assert.equal(await publish(app, node, { pushModule: 'someAndroidApp' }), refused);
    assert.equal(await readMetric(app, 'reveille_stateless_publishes_total{dialect="fpush",end="refused"}'), 8);
  }));

test('whoever may not register may not push to tokens either', () =>
  withApp(
    usual,
    async (app) => {
      const token = randomToken();
      assert.equal(await publish(app, token, monal, 'elsewhere.example'), refused);
      assert.equal(atApple(token).length, 0);
      assert.equal(await publish(app, token, monal), 'result');
    },
    { registrants: ['example.net'] },
  ));

describe('a registered node wins', () => {
  test('though the publish names a module', () =>
    withApp(usual, async (app) => {
      const token = randomToken();
      const node = await app.register(token);
      assert.equal(await publish(app, node, monal), 'result');
      assert.equal(atApple(token)[0]?.payload['account'], 'anna@example.net');
    }));

  test('though it looks like a token, as nodes of other app servers may', () =>
    withApp(usual, async (app) => {
      const [token, node] = [randomToken(), randomToken()];
      const made = await app.register(token);
      const client = new pg.Client(app.config.database.url);
      await client.connect();
      await client.query('UPDATE devices SET node = $1 WHERE node = $2', [node, made]);
      await client.end();
      assert.equal(await publish(app, node, monal), 'result');
      assert.equal(atApple(token)[0]?.payload['account'], 'anna@example.net');
      assert.equal(atApple(node).length, 0);
    }));
});

describe('the rate limit', () => {
  test('sends the first push at once, and when the window ends one for all that came meanwhile', () =>
    withApp({ ...usual, ratelimitMs: 300 }, async (app) => {
      const token = randomToken();
      for (let times = 0; times < 5; times += 1) assert.equal(await publish(app, token, monal), 'result');
      await waitFor('what waits to go out', async () => (await readMetric(app, 'reveille_stateless_waiting{dialect="fpush"}')) === 0);
      const accepted = await readMetric(app, 'reveille_stateless_publishes_total{dialect="fpush",end="accepted"}');
      const replaced = await readMetric(app, 'reveille_stateless_publishes_total{dialect="fpush",end="replaced"}');
      await waitFor('the push that waited', () => atApple(token).length > accepted);
      assert.equal(accepted + replaced + (await readMetric(app, 'reveille_stateless_publishes_total{dialect="fpush",end="throttled"}')), 5);
    }));

  test('lets through every push where it is 0', () =>
    withApp({ ...usual, ratelimitMs: 0 }, async (app) => {
      const token = randomToken();
      for (let times = 0; times < 5; times += 1) assert.equal(await publish(app, token, monal), 'result');
      assert.equal(atApple(token).length, 5);
    }));

  test('is told by the metrics, and what waits goes out at the end of the program', async () => {
    const [token, other] = [randomToken(), randomToken()];
    await withApp(usual, async (app) => {
      for (let times = 0; times < 4; times += 1) assert.equal(await publish(app, token, monal), 'result');
      assert.equal(await publish(app, other, monal), 'result');
      const ends = { accepted: 2, throttled: 1, replaced: 2, dead: 0, temporary: 0, refused: 0 };
      for (const [end, count] of Object.entries(ends))
        assert.equal(await readMetric(app, `reveille_stateless_publishes_total{dialect="fpush",end="${end}"}`), count, end);
      assert.equal(await readMetric(app, 'reveille_stateless_waiting{dialect="fpush"}'), 1);
      assert.equal(atApple(token).length, 1);
    });
    assert.equal(atApple(token).length, 2);
    assert.equal(atApple(other).length, 1);
  });

  test('finds out that a token died while its push waited', () =>
    withApp({ ...usual, ratelimitMs: 300 }, async (app) => {
      const [token, other] = [randomToken(), randomToken()];
      assert.equal(await publish(app, other, monal), 'result');
      assert.equal(await publish(app, token, monal), 'result');
      services.apple.expire(token);
      // Either waits, or was late enough to be told at once.
      const second = await publish(app, token, monal);
      assert.ok(['result', refused].includes(second));
      await waitFor('the refusal', async () => (await readMetric(app, 'reveille_stateless_dead_tokens{dialect="fpush"}')) === 1);
      services.apple.revive(token);
      assert.equal(await publish(app, token, monal), refused);
    }));
});

test('while the database is away, a publish that names its module flows; any other waits', async () => {
  const database = await createTestDatabase();
  const proxy = await startDatabaseProxy(database.url);
  try {
    await withApp(
      { ...usual, default: 'monalProdiOS' },
      async (app) => {
        proxy.freeze();
        proxy.cut();
        const token = randomToken();
        const answers = await Promise.all([
          publish(app, token, monal),
          publish(app, randomToken()),
          publish(app, randomToken(), { ...monal, secret: 'of a registration, perhaps' }),
        ]);
        assert.deepEqual(answers, ['result', temporary, temporary]);
        assert.equal(atApple(token).length, 1);
        proxy.thaw();
      },
      { url: proxy.url },
    );
  } finally {
    await proxy.close();
    await database.close();
  }
});

test('a token that dies in this dialect takes no registration with it, and none of it is in the database', () =>
  withApp(usual, async (app) => {
    const token = randomToken();
    await app.register(token);
    assert.equal(await publish(app, randomToken(), monal), 'result');
    services.apple.expire(token, new Date(0));
    assert.equal(await publish(app, token, monal), refused);
    const client = new pg.Client(app.config.database.url);
    await client.connect();
    const { rows } = await client.query('SELECT owner FROM devices');
    await client.end();
    assert.deepEqual(rows, [{ owner: 'anna@example.net' }]);
  }));
