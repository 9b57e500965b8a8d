import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { parseVapidKey } from '../../../providers/webpush/vapid/vapid-key.ts';
import { type ServedPage, servePage } from '../../../scripts/demo/web/serve-page.ts';
import { vapidPem } from '../../providers/webpush/stage.ts';
import { browserOrSkip, type Profile, startProfile } from '../browser.ts';
import { offer, readSasl, sasl, type ScriptedWebSocket, startScriptedWebSocket } from './scripted-websocket.ts';
import { stubPushManager } from './subscriptions.ts';
import { openWebPage, type WebPage } from './web-page.ts';

const skip = await browserOrSkip();
const { publicKey } = parseVapidKey(Buffer.from(vapidPem));
const framing = `xmlns='urn:ietf:params:xml:ns:xmpp-framing'`;
const streams = `xmlns:stream='http://etherx.jabber.org/streams'`;

let profile: Profile;
let served: ServedPage;
let server: ScriptedWebSocket;

const stub = (page: Page) => stubPushManager(page, 'https://push.example.org');

/** The page, filled in but for what the test is about; closed by the test. */
async function openPage(link: Readonly<Record<string, string>> = {}, prepare = stub): Promise<WebPage> {
  const filled = { jid: 'anna@chat.test', websocket: server.url, service: 'push.chat.test', key: publicKey, ...link };
  const web = await openWebPage(profile.context, served.origin, filled, prepare);
  await web.page.getByLabel('Password').fill('correct horse');
  return web;
}

/** What the page says once push was to be switched on, and which step failed. */
async function tryIt(web: WebPage): Promise<{ readonly said: string; readonly failed: readonly string[] }> {
  const said = await web.press('Switch push on');
  const failed = await web.page.locator('[data-state=failed] h3').allInnerTexts();
  assert.deepEqual(web.mistakes, []);
  return { said, failed: failed.map((text) => text.replace(/ ✗? ?failed$/, '')) };
}

const login = 'You log in at your XMPP server';

describe('what goes wrong on the page is said, with what to do', { skip }, () => {
  before(async () => {
    [served, server, profile] = await Promise.all([servePage(), startScriptedWebSocket(), startProfile()]);
    await profile.context.grantPermissions(['notifications'], { origin: served.origin });
  });
  after(() => Promise.all([profile.close(), server.close(), served.close()]));

  for (const { what, answers, said } of [
    {
      what: 'a server that does not have the domain',
      answers: [
        `<open ${framing} version='1.0'/>`,
        `<stream:error ${streams}><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
      ],
      said: 'The server ends the connection: host-unknown. The server does not have the domain of your XMPP address.',
    },
    {
      what: 'a server that offers no login that the page has',
      answers: offer('GSSAPI'),
      said: 'The server offers no login that this page has: it offers GSSAPI. The page has SCRAM-SHA-256, SCRAM-SHA-1, and over an encrypted connection (wss://) PLAIN.',
    },
    {
      what: 'something that speaks XML but no XMPP',
      answers: ['<a/>', '<b/>'],
      said: '$ speaks something else than XMPP. Is the address right?',
    },
    {
      what: 'something that speaks no XML',
      answers: ['hello'],
      said: '$ sent something that is no XML. Is it the WebSocket of an XMPP server?',
    },
  ]) {
    test(what, async () => {
      server.play((message) => (message.startsWith('<open') ? answers : undefined));
      const web = await openPage();
      assert.deepEqual(await tryIt(web), { said: said.replace('$', server.url), failed: [login] });
      await web.page.close();
    });
  }

  test('a server that lets everybody in without knowing the password', async () => {
    server.play((message) => {
      if (message.startsWith('<open')) return offer('PLAIN', 'SCRAM-SHA-1');
      if (message.startsWith('<auth')) return [sasl('challenge', `${/r=.*/.exec(readSasl(message))?.[0] ?? ''}server,s=c2FsdA==,i=4096`)];
      return message.startsWith('<response') ? [sasl('success', 'v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=')] : undefined;
    });
    const web = await openPage();
    const { said } = await tryIt(web);
    assert.match(said, /^The server does not know your password either\./);
    await web.page.close();
  });

  test('a server that wants more rounds of hashing than a phone should do, or no nonce of its own', async () => {
    const challenges = ['server,s=c2FsdA==,i=1000001', ',s=c2FsdA==,i=4096'];
    for (const rest of challenges) {
      server.play((message) => {
        if (message.startsWith('<open')) return offer('SCRAM-SHA-256');
        return message.startsWith('<auth') ? [sasl('challenge', `${/r=.*/.exec(readSasl(message))?.[0] ?? ''}${rest}`)] : undefined;
      });
      const web = await openPage();
      assert.match((await tryIt(web)).said, /^The server asks for something that no login needs\./);
      await web.page.close();
    }
  });

  test('nobody at the address of the WebSocket', async () => {
    const web = await openPage({ websocket: 'ws://127.0.0.1:1' });
    const { said, failed } = await tryIt(web);
    assert.match(said, /^No connection to ws:\/\/127\.0\.0\.1:1\. Browsers do not say why\. Is the address right\?/);
    assert.deepEqual(failed, [login]);
    await web.page.close();
  });

  test('an address that the policy of the page forbids, or that is none', async () => {
    const web = await openPage({ websocket: 'https://chat.test' });
    const { said } = await tryIt(web);
    assert.match(said, /^(The browser does not open a WebSocket to|No connection to) https:\/\/chat\.test/);
    await web.page.close();
  });

  test('a server that says nothing: after twenty seconds the page gives up', async () => {
    const opened = Promise.withResolvers<undefined>();
    server.play(() => {
      opened.resolve(undefined);
      return undefined;
    });
    const web = await openPage({}, async (page) => {
      await stub(page);
      await page.clock.install();
    });
    await web.page.getByRole('button', { name: 'Switch push on' }).click();
    await opened.promise;
    await web.page.clock.fastForward(20_000);
    assert.equal(await web.said(), `${server.url} is silent. The page waited 20 seconds for the stream to open. Try again.`);
    await web.page.close();
  });

  test('a real Chromium that does not reach its push service, and would try for ever: after thirty seconds the page gives up', async () => {
    const web = await openPage({}, (page) => page.clock.install());
    await web.page.getByRole('button', { name: 'Switch push on' }).click();
    await web.page.locator('[data-step=subscribe][data-state=working]').waitFor();
    await web.page.clock.fastForward(30_000);
    assert.match(await web.said(), /^The browser’s push service does not answer\. Each browser has a push service/);
    await web.page.close();
  });

  test('a key that is none', async () => {
    const web = await openPage({ key: 'AAAA' });
    assert.deepEqual(await tryIt(web), {
      said: 'This is no public key of a push service. It is the line that “reveille webpush-key --from vapid.pem” shows: 87 letters, digits, - and _.',
      failed: ['The browser subscribes'],
    });
    await web.page.close();
  });

  test('notifications that are not allowed', async () => {
    await profile.context.clearPermissions();
    try {
      const web = await openPage();
      const { said, failed } = await tryIt(web);
      assert.match(said, /^You, or your browser, did not allow notifications\./);
      assert.deepEqual(failed, ['You allow notifications']);
      await web.page.close();
    } finally {
      await profile.context.grantPermissions(['notifications'], { origin: served.origin });
    }
  });

  test('a domain that does not tell where its WebSocket is, and one that does', async () => {
    const web = await openPage({ websocket: '' });
    const answer = (body: string) =>
      web.page.route('https://chat.test/.well-known/host-meta.json', (route) =>
        route.fulfill({ body, headers: { 'access-control-allow-origin': '*' } }),
      );
    await answer('{"links":[{"rel":"urn:xmpp:alt-connections:xbosh","href":"https://chat.test/bosh"}]}');
    assert.match((await tryIt(web)).said, /^chat\.test does not tell of a WebSocket \(https:\/\/chat\.test\/\S+\)\. Ask your provider/);
    // One without encryption is not taken from there; where the connection goes after that shows that this one is.
    await answer('{"links":[{"rel":"urn:xmpp:alt-connections:websocket","href":"wss://127.0.0.1:1/ws"}]}');
    assert.match((await tryIt(web)).said, /^No connection to wss:\/\/127\.0\.0\.1:1\/ws\./);
    await web.page.close();
  });

  test('a push that is none of Reveille’s is shown as such, and so is one with nothing in it', async () => {
    const web = await openPage();
    await web.deliver('not json <script>');
    await web.deliver('');
    await web.deliver('{"account":5}');
    const title = 'A push that this page can’t read';
    assert.deepEqual(await web.arrivals(), [`${title}: {"account":5}`, `${title}: `, `${title}: not json <script>`]);
    assert.deepEqual(await web.notifications(), [{ title, body: '{"account":5}', tag: 'unknown' }]);
    await web.page.getByRole('button', { name: 'Empty this list' }).click();
    await web.page.locator('#none').waitFor();
    assert.deepEqual(await web.arrivals(), []);
    assert.deepEqual(web.mistakes, []);
    await web.page.close();
  });
});
