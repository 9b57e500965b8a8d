import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apns, push, startTestApp } from '../helpers/app.ts';
import type { TestApp } from '../helpers/app.ts';
import { startServer } from '../helpers/database/postgres.ts';
import { publishes } from './publishes.ts';

const scripted = new URL('../helpers/scripted-provider.ts', import.meta.url).pathname;
const build = publishes['MongooseIM']!;
const wait = /^<iq type="error" id="[^"]+" from="push\.test" to="example\.net"><error type="wait"><internal-server-error xmlns="[^"]+"\/>/;

async function withApp(changes: Parameters<typeof startTestApp>[0], use: (app: TestApp) => Promise<void>): Promise<void> {
  const app = await startTestApp(changes);
  try {
    await use(app);
  } finally {
    await app.close();
  }
}

describe("what can't be decided is answered as temporary", () => {
  test('a provider that hangs: the push is kept for later at the answer deadline, and the next one goes through', () =>
    withApp({ delivery: { answerWithinMs: 700 } }, async (app) => {
      const [hanging, fine] = [await app.register('hang-1'), await app.register('accept-1')];
      assert.match(await app.ask(build(hanging, 'h1')), /type="result"/);
      assert.equal(await app.ask(build(fine, 'h2')), `<iq type="result" id="h2" from="${push}" to="example.net"/>`);
    }));

  test('more publishes at once than in-flight: wait, without waiting', () =>
    withApp({ limits: { inFlight: 3 }, providers: [{ id: apns, use: scripted, options: {} }] }, async (app) => {
      const node = await app.register('slow-1');
      const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => app.ask(build(node, `f${index}`))));
      assert.equal(answers.filter((answer) => wait.test(answer)).length, 5);
      assert.equal(answers.filter((answer) => answer.includes('type="result"')).length, 3);
    }));

  test('every place taken by publishes for a provider that hangs: whoever registers is served all the same', () =>
    withApp(
      { limits: { inFlight: 3 }, delivery: { answerWithinMs: 3_000 }, providers: [{ id: apns, use: scripted, options: {} }] },
      async (app) => {
        const node = await app.register('hang-1');
        const publishes = Array.from({ length: 3 }, (_, index) => app.ask(build(node, `p${index}`)));
        const others = await Promise.all([app.register('accept-2'), app.register('accept-3'), app.ask(build(node, 'p4'))]);
        assert.match(others[2], wait);
        assert.ok((await Promise.all(publishes)).every((answer) => answer.includes('type="result"')));
      },
    ));

  test('the database away: pushes for known devices still flow, what needs it is wait, and it recovers', async () => {
    const database = await startServer('embedded');
    await withApp({ database: { url: await database.createDatabase() } }, async (app) => {
      const known = await app.register('accept-known');
      assert.match(await app.ask(build(known, 'd1')), /type="result"/);
      await database.stop();
      assert.match(await app.ask(build(known, 'd2')), /type="result"/);
      assert.match(await app.ask(build('unknown-node', 'd3')), wait);
      await assert.rejects(app.register('accept-new'), /internal-server-error/);
      await database.start();
      await eventually(async () => assert.match(await app.ask(build('unknown-node', `d4-${Math.random()}`)), /item-not-found/));
      assert.ok(await app.register('accept-new'));
    });
    await database.close();
  });

  test('a stanza too large to read: wait, so that no registration is lost over it', () =>
    withApp({}, async (app) => {
      const node = await app.register('accept-1');
      assert.match(await app.ask(build(node, 'big').replace('New Message', 'x'.repeat(1_200_000))), wait);
    }));
});

async function eventually(check: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
