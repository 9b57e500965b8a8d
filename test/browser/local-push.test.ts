import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { LocalPushMessage, LocalPushState } from '../../src/local-push-client/local-push.ts';
import { startRealServer, type RealServer } from '../local-push-client/real-server.ts';
import { browserOrSkip, startBrowser } from './browser.ts';
import { openBlockade, openPage, type Opened } from './client-page.ts';

const skip = await browserOrSkip();

const limitMs = 30_000;

interface App {
  readonly states: readonly LocalPushState[];
  readonly shown: readonly LocalPushMessage[];
}

interface Tab {
  readonly app: App;
}

/** What an app's own script does. Runs in the page. */
async function runApp({ library, url, node, secret }: { library: string; url: string; node: string; secret: string }): Promise<void> {
  const { connectLocalPush } = (await import(library)) as typeof import('../../src/local-push-client/local-push.ts');
  const app: { states: LocalPushState[]; shown: LocalPushMessage[] } = { states: [], shown: [] };
  Object.assign(globalThis, { app });
  const line = connectLocalPush({ url, node, secret, onPush: (push) => app.shown.push(push), onState: (state) => app.states.push(state) });
  Object.assign(globalThis, { line });
}

describe('a page in a real Chromium', { skip }, () => {
  let browser: Browser;
  let origin: Opened;
  let server: RealServer;
  before(async () => {
    [browser, origin, server] = await Promise.all([startBrowser(), openPage(), startRealServer()]);
  });
  after(async () => {
    await browser.close();
    await origin.close();
    await server.app.close();
  });

  for (const [what, transport] of [
    ['a WebSocket', 'websocket'],
    ['server-sent events, where WebSockets are blocked', 'events'],
  ] as const) {
    test(`receives from Reveille of another origin over ${what}`, async () => {
      const { url, node, secret } = await server.register();
      const blockade = await openBlockade(Number(new URL(url).port));
      const way = transport === 'events' ? url.replace(/:\d+/, `:${blockade.port}`) : url;
      const page = await browser.newPage();
      try {
        await page.goto(`http://127.0.0.1:${origin.port}/`);
        await page.evaluate(runApp, { library: '/local-push.js', url: way, node, secret });
        await page.waitForFunction(() => (globalThis as unknown as Tab).app.states.at(-1)?.kind === 'connected', undefined, {
          timeout: limitMs,
        });
        assert.match(await server.publish(node, 'Grüße ⏰'), /type="result"/);
        const { states, shown } = await page.evaluate(() => (globalThis as unknown as Tab).app);
        assert.deepEqual(states.at(-1), { kind: 'connected', transport });
        assert.deepEqual(
          shown.map(({ kind, payload }) => [kind, payload['sender'], payload['body']]),
          [['message', 'romeo@example.net', 'Grüße ⏰']],
        );
        assert.equal(blockade.blocked(), transport === 'events' ? 1 : 0);
      } finally {
        await page.close();
        await blockade.close();
      }
    });
  }
});
