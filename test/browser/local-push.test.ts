import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { LocalPushMessage, LocalPushState } from '../../src/local-push-client/local-push.ts';
import { buildPush } from '../local-push-client/scene.ts';
import { node, ScriptedServer, secret } from '../local-push-client/scripted-server.ts';
import { browserOrSkip, startBrowser } from './browser.ts';
import { openBlockade, openPage, type Opened } from './client-page.ts';

const skip = await browserOrSkip();

interface App {
  readonly states: readonly LocalPushState[];
  readonly shown: readonly LocalPushMessage[];
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
  before(async () => {
    [browser, origin] = await Promise.all([startBrowser(), openPage()]);
  });
  after(async () => {
    await browser.close();
    await origin.close();
  });

  async function openApp(url: string): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${origin.port}/`);
    await page.evaluate(runApp, { library: '/local-push.js', url, node, secret });
    return page;
  }

  const readApp = (page: Page) => page.evaluate(() => (globalThis as unknown as { app: App }).app);

  test('receives a push over a WebSocket', async () => {
    const server = await new ScriptedServer().listen();
    try {
      const page = await openApp(server.url);
      const peer = await server.peer(1);
      await peer.welcome();
      peer.send(buildPush('p1', { payload: { body: '⏰ Grüße' } }));
      assert.deepEqual(await peer.message('ack'), { type: 'ack', id: 'p1' });
      const { states, shown } = await readApp(page);
      assert.deepEqual(states, [
        { kind: 'connecting', transport: 'websocket' },
        { kind: 'connected', transport: 'websocket' },
      ]);
      assert.deepEqual(shown, [{ id: 'p1', kind: 'message', expiresInMs: 60_000, payload: { body: '⏰ Grüße' } }]);
    } finally {
      await server.close();
    }
  });

  test('receives a push over server-sent events of another origin, where WebSockets are blocked', async () => {
    const server = await new ScriptedServer().listen();
    const blockade = await openBlockade(Number(new URL(server.url).port));
    try {
      const page = await openApp(`http://127.0.0.1:${blockade.port}/local-push`);
      const peer = await server.peer(1);
      assert.equal(peer.transport, 'events');
      await peer.welcome();
      peer.send(buildPush('p1'));
      await peer.message('ack');
      assert.equal((await readApp(page)).shown.length, 1);
      assert.deepEqual([blockade.blocked(), server.tries], [1, ['events']]);
    } finally {
      await blockade.close();
      await server.close();
    }
  });
});
