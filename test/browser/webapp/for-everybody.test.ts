import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ServedPage, servePage } from '../../../scripts/demo/web/serve-page.ts';
import { browserOrSkip, type Profile, startProfile } from '../browser.ts';
import { openWebPage, type WebPage } from './web-page.ts';

const skip = await browserOrSkip();
const push = JSON.stringify({ account: 'anna@chat.test', sender: 'bob@chat.test', body: 'x'.repeat(500) });

let profile: Profile;
let served: ServedPage;
let web: WebPage;

const setDetails = (state: 'open' | 'closed') => web.page.evaluate(`document.querySelector('details').open = ${state === 'open'}`);

describe('the page is for everybody', { skip }, () => {
  before(async () => {
    [served, profile] = await Promise.all([servePage(), startProfile()]);
    await profile.context.grantPermissions(['notifications'], { origin: served.origin });
    web = await openWebPage(profile.context, served.origin, { jid: 'anna@chat.test', key: 'none', websocket: 'ws://127.0.0.1:1' });
    await web.deliver(push);
  });
  after(() => Promise.all([profile.close(), served.close()]));

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing in ${colorScheme} colours, with a failure and a push on it and the details open`, async () => {
      const { page } = web;
      await page.emulateMedia({ colorScheme });
      await setDetails('open');
      await page.getByLabel('Password').fill('x');
      assert.match(await web.press('Switch push on'), /^This is no public key/);
      assert.deepEqual(await web.violations(), []);
      const paper = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      assert.equal(paper, colorScheme === 'light' ? 'rgb(251, 251, 249)' : 'rgb(20, 24, 27)');
    });
  }

  test('nothing is wider than a small phone, however long a text', async () => {
    await web.page.setViewportSize({ width: 320, height: 640 });
    assert.equal(await web.page.evaluate<number>('document.documentElement.scrollWidth'), 320);
    const heights = await web.page.evaluate<number[]>(
      `[...document.querySelectorAll('input, button, summary')].map((one) => one.offsetHeight)`,
    );
    assert.ok(heights.length >= 11 && heights.every((height) => height >= 44), heights.join(' '));
  });

  test('the keyboard reaches all of it, in the order in which it is read, and shows where it is', async () => {
    const { page } = web;
    await setDetails('closed');
    await page.evaluate('document.activeElement.blur()');
    await page.evaluate('window.scrollTo(0, 0)');
    await page.getByLabel('XMPP address').focus();
    const reached: string[] = [];
    for (let press = 0; press < 6; press += 1) {
      reached.push(await page.evaluate<string>(`document.activeElement.id || document.activeElement.textContent.trim()`));
      assert.notEqual(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle'), 'none');
      await page.keyboard.press('Tab');
    }
    assert.deepEqual(reached, ['jid', 'password', 'Details', 'Switch push on', 'write', 'forget']);
  });

  test('what is missing in the closed details opens them, so that the browser can point at it', async () => {
    const { page } = web;
    await setDetails('open');
    await page.getByLabel('Public key').fill('');
    await setDetails('closed');
    await page.getByRole('button', { name: 'Switch push on' }).click();
    await page.locator('details[open]').waitFor();
    assert.equal(await page.evaluate<string>('document.activeElement.id'), 'key');
  });

  test('its policy forbids scripts and styles that are not its own', async () => {
    const { headers } = await fetch(`${served.origin}/`);
    assert.equal(
      headers.get('content-security-policy'),
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; manifest-src 'self'; worker-src 'self'; " +
        "connect-src 'self' https: wss: ws://localhost:* ws://127.0.0.1:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    assert.deepEqual(web.mistakes, []);
    await web.page.evaluate(`document.body.setAttribute('onclick', 'document.title = "ran"')`);
    await web.page.locator('h1').click();
    assert.equal(await web.page.title(), 'Push in a browser · Reveille');
    assert.match(web.mistakes.join(), /Content Security Policy/);
  });

  test('the server of the demo serves the files of the page and nothing else, to those who read', async () => {
    const status = async (path: string, method = 'GET') => (await fetch(`${served.origin}${path}`, { method })).status;
    assert.deepEqual(
      await Promise.all([
        status('/sw.js'),
        status('/xmpp/xml.js?1'),
        status('/..%2fpackage.json'),
        status('/index.html'),
        status('/', 'POST'),
      ]),
      [200, 200, 404, 404, 405],
    );
  });
});
