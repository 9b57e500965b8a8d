import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { loadPageFiles } from '../../../src/admin/page/page.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { browserOrSkip, startBrowser } from '../browser.ts';
import { type FakeAdmin, fakeToken, startFakeAdmin } from './fake-admin.ts';
import { assertAccessible, assertNotSideways, awaitVerdict, goTo, logIn, openTab, phone, verdictOf } from './open-page.ts';
import { apns, buildState, localPush } from './states.ts';

const views = ['Overview', 'Pushes', 'Devices', 'Doctor'] as const;
const stranger = '<img src=x onerror="document.title=\'owned\'">@evil.example';

const device = {
  node: 'aB3dEfGh',
  owner: stranger,
  provider: apns.id,
  dialect: 'tigase',
  token: 'abcd…wxyz',
  registered: new Date().toISOString(),
};

describe('the status page', { skip: await browserOrSkip() }, () => {
  let browser: Browser;
  let fake: FakeAdmin;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    fake = await startFakeAdmin();
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await fake.close();
  });
  const open = async (options = {}) => {
    const page = await openTab(browser, fake.url, options);
    await logIn(page, fakeToken);
    return page;
  };

  test('a wrong token is refused in words, the right one is asked once a tab, and logging out forgets it', async () => {
    const page = await openTab(browser, fake.url);
    await page.getByLabel('Token').fill('guessed');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('That is not the token.').waitFor();
    await logIn(page, fakeToken);
    await page.reload();
    await awaitVerdict(page, 'Phones are being woken');
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Token').waitFor();
    assert.equal(await page.evaluate('sessionStorage.length + localStorage.length + document.cookie.length'), 0);
  });

  test('a token that is changed while the page is open is asked for again', async () => {
    const page = await open();
    fake.answer('events', { status: 401, body: { error: 'The token is wrong.' } });
    fake.cut();
    fake.revive();
    await page.getByText('The token is no longer taken.').waitFor();
    await page.getByLabel('Token').waitFor();
  });

  test('the first sentence says whether phones are being woken, why not and what to do', async () => {
    const page = await open();
    const show = async (change: object, words: string) => {
      fake.send('events', 'state', { ...buildState(), ...change });
      await awaitVerdict(page, words);
      return verdictOf(page);
    };
    assert.match(await verdictOf(page), /^Phones are being woken\s+1,242 devices registered, nothing in the way\.$/);
    const [, fcm] = buildState().providers;
    const refused = { ...apns, state: 'failed', words: 'the certificate is refused', advice: 'upload another' };
    assert.match(
      await show({ providers: [refused, fcm] }, 'Phones behind APNs are not being woken'),
      /APNs: the certificate is refused\.\s+What to do: Upload another\. Another certificate can be put on its card below\.$/,
    );
    await show({ providers: [refused] }, 'Phones are not being woken');
    const doubted = { ...apns, state: 'troubled', words: 'most tokens are called dead' };
    await show({ providers: [doubted, fcm] }, 'Phones are being woken, with trouble at APNs');
    const ending = { ...apns, credentials: [{ name: 'certificate', expires: new Date(Date.now() + 9.6 * 86_400_000).toISOString() }] };
    await show({ providers: [ending, fcm] }, 'APNs: certificate ends on');
    const down = { ...buildState().component, up: false, words: 'connection refused' };
    const told = await show({ component: down, providers: [refused, fcm] }, 'no link to the XMPP server');
    assert.match(told, /Connection refused\.[^]+And 1 more trouble below\.$/);
    await show({ database: { ok: false, kind: 'postgres', words: 'no answer' } }, 'the database is away');
    await show({ providers: [] }, 'No push service is configured');
    const late = { ...apns, waiting: 3, oldestWaitingSeconds: 70 };
    const failures = [{ at: buildState().now, provider: apns.id, words: 'no connection', advice: 'look at the firewall', count: 1 }];
    assert.match(
      await show({ providers: [late, fcm], failures }, 'Phones behind APNs are being woken late'),
      /3 pushes wait, the oldest for 1 minute\. No connection\.\s+What to do: Look at the firewall\.$/,
    );
    const nobody = { ...buildState().devices, total: 0 };
    await show({ devices: nobody }, 'Phones are being woken'); // devices are counted once a minute, and pushes were accepted
    fake.answer('history', { status: 500, body: { error: 'Not now.' } });
    fake.state = { ...buildState(), devices: nobody };
    await page.reload();
    await awaitVerdict(page, 'Ready: phones will be woken once they register');
    await show({ ready: false }, 'Reveille is starting');
  });

  test('local push has a card where it is on, and none where it is off', async () => {
    const page = await open();
    const title = page.getByRole('heading', { name: 'Local push' });
    assert.equal(await title.count(), 0);
    const card = page.getByRole('article').filter({ has: title });
    const read = async () => (await card.innerText()).replaceAll(/\s+/g, ' ');
    fake.send('events', 'state', { ...buildState(), localPush });
    await title.waitFor();
    assert.match(
      await read(),
      /^Local push 1,243 devices Connected 1,203 By WebSocket 1,200 By server-sent events 3 Connected elsewhere 40, to 1 other instance /,
    );
    assert.match(await read(), / Delivered locally 5,120 Fallen back 12$/);
    const nobody = { connected: 0, byTransport: [{ name: 'websocket', count: 0 }], connectedElsewhere: 0, otherInstances: 0 };
    fake.send('events', 'state', { ...buildState(), localPush: { ...nobody, delivered: 1, fallenBack: 0 } });
    await card.getByText('No device').waitFor();
    assert.equal(await read(), 'Local push No device Connected 0 Delivered locally 1 Fallen back 0');
    fake.send('events', 'state', buildState());
    await title.waitFor({ state: 'detached' });
  });

  test('what strangers call themselves is text, whatever it looks like', async () => {
    const state = buildState();
    const devices = { ...state.devices, byDomain: [{ name: stranger, count: 1 }] };
    fake.state = { ...state, devices, failures: [{ at: state.now, words: `a push for ${stranger} failed`, count: 1 }] };
    fake.answer('devices/find', { body: { devices: [device], more: false } });
    const page = await open();
    await page.getByText(`A push for ${stranger} failed.`).waitFor();
    await goTo(page, 'Devices');
    await page.getByLabel('What to look for').fill(stranger);
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('heading', { name: stranger }).waitFor();
    await page.getByRole('button', { name: 'Remove…' }).click();
    await page.getByRole('dialog').getByText(stranger).waitFor();
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.title(), 'Devices · Reveille');
  });

  test('a device is removed only after a yes, and Escape is no', async () => {
    fake.answer('devices/find', { body: { devices: [device], more: false } });
    fake.answer('devices/remove', { body: { removed: true } });
    const page = await open();
    await goTo(page, 'Devices');
    await page.getByLabel('What to look for').fill('anna@example.org');
    await page.keyboard.press('Enter');
    await page.getByText('One device.').waitFor();
    await page.getByRole('button', { name: 'Remove…' }).press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Remove…', 'the focus is back where it was');
    assert.deepEqual(
      fake.asked.map(({ path }) => path),
      ['devices/find'],
    );
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove it' }).click();
    await page.getByText('Removed.').waitFor();
    assert.deepEqual(fake.asked.at(-1), { path: 'devices/remove', body: { node: device.node } });
    assert.equal(await page.getByRole('button', { name: 'Remove…' }).count(), 0);
  });

  test('a lost connection is said, what was last known stays, and it comes back by itself', async () => {
    const page = await open();
    fake.cut();
    await page.getByText('No word from Reveille since').waitFor();
    assert.match(await verdictOf(page), /^Phones are being woken/);
    await assertAccessible(page, 'without a connection');
    fake.state = { ...fake.state, providers: [] };
    fake.revive();
    await awaitVerdict(page, 'No push service is configured');
    await page.getByText('No word from Reveille since').waitFor({ state: 'detached' });
  });

  test('too many viewers are told so in the server’s words', async () => {
    fake.answer('events', { status: 503, body: { error: 'Too many look on already.' } });
    const page = await open();
    await page.getByText('Too many look on already.').waitFor();
    await awaitVerdict(page, 'Phones are being woken');
  });

  test('without the history of figures everything else is there', async () => {
    fake.answer('history', { status: 500, body: { error: 'Not now.' } });
    const page = await open();
    await awaitVerdict(page, 'Phones are being woken');
    await page.getByRole('heading', { name: 'FCM' }).waitFor();
  });

  test('charts have tables, and a second’s figures arrive in both', async () => {
    const page = await open();
    const chart = page.getByRole('figure').filter({ hasText: 'Publishes and their answers' });
    await chart.getByText('publishes 4').waitFor();
    await chart.locator('canvas').waitFor();
    await chart.getByText('As a table').click();
    assert.match(await chart.getByRole('row').nth(1).innerText(), /^\d\d:\d\d:\d\d\s+100\s+100\s+0$/);
    const { from, step, series } = fake.history;
    const names = Object.keys(series);
    fake.send('events', 'point', { at: from + 300 * step, ...Object.fromEntries(names.map((name) => [name, 0])), publishes: 1234 });
    await chart.getByText('publishes 1,234').waitFor();
    assert.match(await chart.getByRole('row').nth(1).innerText(), /^\d\d:\d\d:\d\d\s+1,330\s+96\s+0$/);
  });

  test('pushes are followed with the filters that were chosen, each in one row from publish to outcome', async () => {
    const page = await open();
    await goTo(page, 'Pushes');
    await page.getByLabel('Provider').selectOption(apns.id);
    await page.getByLabel('Outcome').selectOption('accepted');
    const asked = page.waitForRequest((request) => request.url().includes('outcome='));
    await page.getByRole('button', { name: 'Follow' }).click();
    assert.equal(new URL((await asked).url()).search, '?provider=tigase%3Amessenger%3Aapns%3A1&outcome=accepted');
    await page.getByText('Nothing has passed yet').waitFor();
    const push = { id: '1', at: new Date().toISOString(), provider: apns.id, owner: 'jid:1f0c2b9d4e6a', device: 'node:5d0c2b9d4e6b' };
    const row = page.getByRole('list', { name: 'Pushes, newest first' }).getByRole('listitem');
    for (const followers = 1; fake.followers('pushes') < followers;) await page.evaluate('new Promise(requestAnimationFrame)');
    fake.send('pushes', 'push', { ...push, step: 'publish', kind: 'message' });
    await row.getByText('under way').waitFor();
    fake.send('pushes', 'push', { ...push, step: 'decision', decision: 'try' });
    fake.send('pushes', 'push', { ...push, step: 'outcome', outcome: 'accepted', ms: 12.3 });
    await row.getByText('accepted').waitFor();
    assert.equal(await row.count(), 1);
    assert.match(
      (await row.innerText()).replaceAll(/\s+/g, ' '),
      /jid:1f0c2b9d4e6a node:5d0c2b9d4e6b APNs publish, message → sent → accepted 12 ms$/,
    );
    await page.getByRole('button', { name: 'Hold still' }).click();
    fake.send('pushes', 'push', { ...push, id: '2', step: 'publish', kind: 'message' });
    fake.send('pushes', 'dropped', { count: 7 });
    await page.getByText('7 were left out').waitFor();
    assert.equal(await row.count(), 1, 'what is held does not move');
    await page.getByRole('button', { name: 'Go on' }).click();
    await row.nth(1).waitFor();
    await goTo(page, 'Overview');
    await waitFor('the page to follow no more', () => fake.followers('pushes') === 0);
  });

  test('doctor’s steps come in one by one, and how it ended is said', async () => {
    const page = await open();
    await goTo(page, 'Doctor');
    await page.getByRole('button', { name: 'Run' }).click();
    await waitFor('the page to follow', () => fake.followers('doctor') > 0);
    fake.send('doctor', 'step', { name: 'database', verdict: 'ok', words: 'it answers' });
    await page.getByText('it answers').waitFor();
    fake.send('doctor', 'step', { name: 'APNs', verdict: 'failed', words: 'refused', advice: 'upload another' });
    await page.getByText('Upload another.').waitFor();
    fake.send('doctor', 'end', { failed: 1 });
    await page.getByText('1 step failed.').waitFor();
  });

  test('a file that is no certificate is refused in the server’s words, and one that is too large before it is sent', async () => {
    fake.answer('providers/certificate', { status: 422, body: { words: 'The password does not open it.' } });
    const page = await open();
    await page.getByText('Another certificate', { exact: true }).click();
    const choose = page.getByLabel('Choose a file');
    await choose.setInputFiles({ name: 'holiday.p12', mimeType: 'image/png', buffer: Buffer.alloc(300_000) });
    await page.getByText('holiday.p12 is too large').waitFor();
    assert.deepEqual(fake.asked, []);
    await choose.setInputFiles({ name: 'push.p12', mimeType: 'application/x-pkcs12', buffer: Buffer.from('p12') });
    await page.getByLabel('Its password').fill('battery staple');
    await page.getByRole('button', { name: 'Check and use' }).click();
    await page.getByText('The password does not open it.').waitFor();
    assert.deepEqual(fake.asked, [
      { path: 'providers/certificate', body: { provider: apns.id, certificate: 'cDEy', password: 'battery staple' } },
    ]);
  });

  for (const colorScheme of ['light', 'dark'] as const)
    test(`axe-core finds nothing in any view, ${colorScheme}`, async () => {
      fake.answer('devices/find', { body: { devices: [{ ...device, owner: 'anna@example.org' }], more: false } });
      fake.state = {
        ...fake.state,
        providers: [
          { ...apns, state: 'failed', words: 'refused', advice: 'upload another', waiting: 3, oldestWaitingSeconds: 90 },
          ...fake.state.providers.slice(1),
        ],
        localPush,
        failures: [{ at: fake.state.now, provider: apns.id, words: 'refused', advice: 'upload another', count: 3 }],
      };
      const page = await openTab(browser, fake.url, { colorScheme });
      await assertAccessible(page, 'the login');
      await logIn(page, fakeToken);
      await page.getByText('Another certificate', { exact: true }).click();
      await page.getByText('As a table').first().click();
      await page.locator('canvas').first().waitFor();
      await assertAccessible(page, 'Overview');
      await goTo(page, 'Pushes');
      const push = {
        id: '1',
        at: fake.state.now,
        provider: apns.id,
        owner: 'jid:1f0c2b9d4e6a',
        device: 'node:5d0c2b9d4e6b',
        step: 'outcome',
      };
      await waitFor('the page to follow', () => fake.followers('pushes') > 0);
      fake.send('pushes', 'push', { ...push, outcome: 'rejected', reason: 'BadTopic', ms: 3 });
      await page.getByText('BadTopic').waitFor();
      await assertAccessible(page, 'Pushes');
      await goTo(page, 'Doctor');
      await page.getByRole('button', { name: 'Run' }).click();
      await waitFor('the page to follow', () => fake.followers('doctor') > 0);
      for (const verdict of ['ok', 'warning', 'failed'])
        fake.send('doctor', 'step', { name: 'APNs', verdict, words: verdict, advice: 'do it' });
      fake.send('doctor', 'end', { failed: 1 });
      await page.getByText('1 step failed.').waitFor();
      await assertAccessible(page, 'Doctor');
      await goTo(page, 'Devices');
      await page.getByLabel('What to look for').fill('anna@example.org');
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByText('One device.').waitFor();
      await assertAccessible(page, 'Devices');
      await page.getByRole('button', { name: 'Remove…' }).click();
      await page.getByRole('dialog').waitFor();
      await assertAccessible(page, 'the question');
    });

  test('nothing scrolls sideways on a phone 360 pixels wide, long names or not', async () => {
    const long = `${'a'.repeat(200)}.example.org`;
    const devices = { ...fake.state.devices, byDomain: [{ name: long, count: 3 }] };
    fake.state = { ...fake.state, devices, localPush, failures: [{ at: fake.state.now, words: `no way to ${long}`, count: 1 }] };
    fake.answer('devices/find', { body: { devices: [{ ...device, owner: `anna@${long}` }], more: false } });
    const page = await openTab(browser, fake.url, { viewport: phone });
    await assertNotSideways(page, 'the login');
    await logIn(page, fakeToken);
    await page.getByText('Another certificate', { exact: true }).click();
    await page.getByText('As a table').first().click();
    await assertNotSideways(page, 'Overview');
    for (const view of views) {
      await goTo(page, view);
      await assertNotSideways(page, view);
    }
    await goTo(page, 'Devices');
    await page.getByLabel('What to look for').fill('anna');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('One device.').waitFor();
    await assertNotSideways(page, 'a device');
  });

  test('by keyboard, the first stop leads past the frame', async () => {
    const page = await open();
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'To the content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.id'), 'main');
    await awaitVerdict(page, 'Phones are being woken');
    await page.getByRole('link', { name: 'Doctor' }).press('Enter');
    await page.locator('main:focus', { hasText: 'Tries every link' }).waitFor();
  });

  test('nothing moves for those who asked for less motion', async () => {
    const page = await open({ reducedMotion: 'reduce' });
    assert.equal(await page.evaluate("getComputedStyle(document.querySelector('.live'), '::before').animationName"), 'none');
    const other = await open({ reducedMotion: 'no-preference' });
    assert.equal(await other.evaluate("getComputedStyle(document.querySelector('.live'), '::before').animationName"), 'breathe');
  });

  test('it is less than 150 kB without compression, asks only its own origin, and its policy stops nothing', async (t) => {
    const page = await openTab(browser, 'about:blank');
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => void complaints.push(String(error)));
    const bytes: Promise<number>[] = [];
    const origins = new Set<string>();
    page.on('response', (response) => {
      origins.add(new URL(response.url()).origin);
      if (!response.url().includes('/api/')) bytes.push(response.body().then(({ length }) => length));
    });
    await page.goto(fake.url);
    await logIn(page, fakeToken);
    await page.locator('canvas').first().waitFor();
    const total = (await Promise.all(bytes)).reduce((sum, length) => sum + length, 0);
    const zipped = [...loadPageFiles().values()].reduce((sum, { gzip }) => sum + gzip.length, 0);
    const usable = await page.evaluate<number>('performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd');
    t.diagnostic(`${total} bytes, ${zipped} with gzip; usable ${Math.round(usable)} ms after it was asked for`);
    assert.ok(total > 50_000 && total < 150_000, `${total} bytes`);
    assert.deepEqual([...origins], [new URL(fake.url).origin]);
    assert.deepEqual(complaints, []);
  });

  test('on a line of 50 kB a second, 400 ms away, it opens, says how phones are, and lives', async () => {
    const page = await openTab(browser, 'about:blank');
    const line = await page.context().newCDPSession(page);
    const bytesPerSecond = 50_000;
    await line.send('Network.emulateNetworkConditions', {
      ...{ offline: false, latency: 400 },
      ...{ downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond },
    });
    await page.goto(fake.url);
    await logIn(page, fakeToken);
    await awaitVerdict(page, 'Phones are being woken');
    await page.locator('canvas').first().waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
  });

  test('its document asks for every script at once, so that none waits for another on a slow network', () => {
    const files = loadPageFiles();
    const document = files.get('/')?.bytes.toString() ?? '';
    const scripts = [...files.keys()].filter((path) => path.endsWith('.js'));
    const missing = scripts.filter((path) => !document.includes(`"${path.slice(1)}"`));
    assert.deepEqual(missing, []);
    assert.ok(scripts.length > 10);
  });
});
