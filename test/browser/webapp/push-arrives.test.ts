import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { BrowserContext } from 'playwright-core';
import { parseVapidKey } from '../../../providers/webpush/vapid/vapid-key.ts';
import { type ServedPage, servePage } from '../../../scripts/demo/web/serve-page.ts';
import { startApp } from '../../../src/app/app.ts';
import { loadConfig } from '../../../src/config/reading/load-config.ts';
import { createLog } from '../../../src/log/log.ts';
import { createTestDatabase } from '../../helpers/database/postgres.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { authority, createService, type Service } from '../../providers/webpush/service.ts';
import { vapidPem } from '../../providers/webpush/stage.ts';
import { type Client, connectClient } from '../../servers/client.ts';
import type { XmppHost } from '../../servers/host.ts';
import { prosodyPackages, startProsody } from '../../servers/prosody.ts';
import { publishedNode, publishesTo } from '../../servers/publishes.ts';
import { startTap, type Tap } from '../../servers/tap.ts';
import { browserOrSkip, startProfile } from '../browser.ts';
import { readGiven, stubPushManager } from './subscriptions.ts';
import { openWebPage, type WebPage } from './web-page.ts';

const password = 'correct horse';
const skip = await browserOrSkip(prosodyPackages);
const cleanUp = new AsyncDisposableStack();

/** A real Prosody with WebSockets, a Reveille in this process, a push service of the test, a browser with the page. */
interface Stage {
  readonly host: XmppHost;
  readonly tap: Tap;
  readonly pushService: Service;
  readonly bob: Client;
  readonly context: BrowserContext;
  readonly served: ServedPage;
}

let stage: Stage;

async function setStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-webapp-'));
  chmodSync(folder, 0o755);
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  const pushService = await createService({ after: (close) => cleanUp.defer(close) });
  const host = await startProsody({ websocket: true, scram: true, withBody: true, withSender: true });
  cleanUp.defer(() => host.stop());
  for (const name of ['anna', 'bob']) await host.addUser(name, password);
  const tap = await startTap(host);
  cleanUp.defer(() => tap.close());
  const database = await createTestDatabase();
  cleanUp.defer(() => database.close());
  writeFileSync(join(folder, 'ca.pem'), authority.ca);
  writeFileSync(join(folder, 'vapid.pem'), vapidPem, { mode: 0o600 });
  const configFile = join(folder, 'reveille.toml');
  writeFileSync(configFile, buildConfig(host, tap, database.url), { mode: 0o600 });
  const app = await startApp(loadConfig(configFile), createLog('silent'), '0.0.0-test');
  cleanUp.defer(() => app.close());
  await app.ready;
  const bob = await connectClient(host, 'bob', password);
  cleanUp.defer(() => bob.goOffline());
  const served = await servePage();
  cleanUp.defer(() => served.close());
  const profile = await startProfile();
  cleanUp.defer(() => profile.close());
  const { context } = profile;
  await context.grantPermissions(['notifications'], { origin: served.origin });
  return { host, tap, pushService, bob, context, served };
}

const buildConfig = (host: XmppHost, tap: Tap, url: string): string => `
[component]
jid = "${host.componentJid}"
server = "127.0.0.1:${tap.port}"
secret = "${host.componentSecret}"
[database]
url = "${url}"
[http]
listen = "127.0.0.1:0"
[providers.webpush]
use = "webpush"
vapid-key-file = "vapid.pem"
subject = "mailto:admin@example.org"
allow-private = ["localhost"]
ca-file = "ca.pem"
`;

/** The page as a link of an administrator opens it, in a browser whose subscribing is stubbed. */
async function openPage(link: Readonly<Record<string, string>> = {}): Promise<WebPage> {
  const { context, served, host, pushService } = stage;
  const { publicKey } = parseVapidKey(Buffer.from(vapidPem));
  const filled = { jid: `anna@${host.domain}`, websocket: host.websocket ?? '', key: publicKey, ...link };
  return openWebPage(context, served.origin, filled, (page) => stubPushManager(page, pushService.origin));
}

async function logInAs({ page }: WebPage, secret: string): Promise<void> {
  await page.getByLabel('Password').fill(secret);
}

describe('the page that has a browser pushed to, at a real Prosody', { skip }, () => {
  before(async () => {
    stage = await setStage();
  });
  after(() => cleanUp.disposeAsync());

  test('a message of a friend arrives as a notification and in the list, though the page was long logged out', async () => {
    const { host, tap, pushService, bob } = stage;
    const web = await openPage();
    assert.deepEqual(await web.arrivals(), []);
    await logInAs(web, password);
    await web.page.getByLabel('Password').press('Enter');
    assert.match(await web.said(), /^Push is on for anna@chat\.test\./);
    assert.deepEqual(await web.page.locator('#steps .state').allInnerTexts(), Array(6).fill('done'));
    const given = await readGiven(web.page);

    await bob.send(`<message to='anna@${host.domain}' type='chat'><body>Lunch at &lt;b&gt;noon&lt;/b&gt;? ☕</body></message>`);
    const push = await waitFor('the push', () => pushService.received[0]);
    assert.equal(push.path, given.path);
    const text = given.read(push.body);
    assert.deepEqual(JSON.parse(text), {
      account: 'anna@chat.test',
      'unread-messages': '1',
      sender: bob.jid,
      body: 'Lunch at <b>noon</b>? ☕',
    });
    await web.deliver(text);
    assert.deepEqual(await web.notifications(), [{ title: bob.jid, body: 'Lunch at <b>noon</b>? ☕', tag: 'anna@chat.test' }]);
    assert.deepEqual(await web.arrivals(), [`${bob.jid}: Lunch at <b>noon</b>? ☕`]);

    assert.match(await web.press('Write myself a message'), /^Your server has the message\./);
    const own = await waitFor('the push about the own message', () => pushService.received[1]);
    const said = JSON.parse(given.read(own.body)) as Readonly<Record<string, string>>;
    assert.match(said['body'] ?? '', /^Hello from this page, /);
    await web.deliver(given.read(own.body));
    assert.equal((await web.notifications()).length, 1, 'the newest takes the place of the one before');
    assert.equal((await web.arrivals()).length, 2);

    await web.deliver(JSON.stringify({ account: 'anna@chat.test', 'unread-messages': '0' }));
    assert.deepEqual(await web.notifications(), [], 'what was read elsewhere is taken away');

    assert.match(await web.press('Switch push off'), /^Push is off/);
    const node = tap.fromServer.map(({ stanza }) => publishedNode(stanza)).find((found) => found !== undefined);
    assert.ok(node);
    const before = publishesTo(tap, node).length;
    await bob.send(`<message to='anna@${host.domain}' type='chat'><body>Anybody there?</body></message>`);
    await bob.iq('get', `<ping xmlns='urn:xmpp:ping'/>`, host.componentJid);
    assert.equal(publishesTo(tap, node).length, before, 'the server still publishes');
    assert.deepEqual(web.mistakes, []);
    await web.page.close();
  });

  test('a wrong password, a provider that nobody has and a push service that is none are said at the step that fails', async () => {
    const web = await openPage();
    const failed = async () => (await web.page.locator('[data-state=failed] h3').allInnerTexts()).join();
    await logInAs(web, 'wrong');
    assert.equal(await web.press('Switch push on'), 'The server refuses the login. XMPP address or password are not right.');
    assert.match(await failed(), /^You log in at your XMPP server/);

    await logInAs(web, password);
    await web.page.locator('summary').click();
    await web.page.getByLabel('Name of the provider').fill('nosuch');
    assert.match(await web.press('Switch push on'), /^chat\.test has no push service with the provider “nosuch”\. Ask your provider/);
    assert.match(await failed(), /^The push service is looked for/);

    await web.page.getByLabel('Address of the push service').fill(stage.host.componentJid);
    assert.match(await web.press('Switch push on'), /^push\.chat\.test refuses: .*provider.*\(bad-request\)\./);
    assert.match(await failed(), /^The browser is registered there/);

    await web.page.getByLabel('Address of the push service').fill('nobody.chat.test');
    assert.match(
      await web.press('Switch push on'),
      /^nobody\.chat\.test refuses: .*\(not-allowed\)\. It does not let you: is the address of the push service right\?$/,
    );
    assert.equal(await web.page.getByRole('button', { name: 'Switch push off' }).isDisabled(), true);
    await web.page.close();
  });
});
