import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Narrator } from '../../../scripts/demo/narrator.ts';
import { logIn as logInPhone } from '../../../scripts/demo/stage/phone.ts';
import { password, setStage, type Stage } from '../../../scripts/demo/stage/stage.ts';
import { Crowd, crowd } from '../../../scripts/demo/stay/crowd.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { browserOrSkip, startBrowser } from '../browser.ts';
import { dropFile } from './drop-file.ts';
import { assertAccessible, awaitVerdict, goTo, logIn, openTab, phone } from './open-page.ts';
import { letChartsFill, takePicture } from './pictures.ts';

const token = 'the-token-of-this-test';
const silent: Narrator = {
  step: () => undefined,
  address: () => undefined,
  say: () => undefined,
  seen: () => undefined,
  wire: () => undefined,
  beside: () => undefined,
  done: () => undefined,
  failed: () => undefined,
};

/** One story in parts: each goes on where the one before ended. */
describe('an administrator at the status page of the real program', { skip: await browserOrSkip() }, () => {
  const cleanUp = new AsyncDisposableStack();
  const complaints: string[] = [];
  let stage: Stage;
  let browser: Browser;
  let page: Page;

  before(async () => {
    stage = await setStage(silent, cleanUp, { isLoopback: true, pageToken: token, others: crowd, isStaying: true });
    browser = await startBrowser();
    cleanUp.defer(() => browser.close());
    page = await openTab(browser, stage.page ?? '', { viewport: { width: 1100, height: 1080 } });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // An answer that is no success is told there as well: one is asked for.
      if (message.type() === 'error' && !message.text().includes('422')) complaints.push(message.text());
    });
    await logIn(page, token);
  });
  after(() => cleanUp.disposeAsync());

  const card = () => page.locator('.provider', { hasText: 'tigase:messenger:apns:1' });

  async function upload(secret: string): Promise<void> {
    await dropFile(card().locator('.drop'), 'PushCertificate.p12', stage.apple.certificate.p12);
    await card().getByText('PushCertificate.p12').waitFor();
    await card().getByLabel('Its password').fill(secret);
    await card().getByRole('button', { name: 'Check and use' }).click();
  }

  test('reads that Apple’s phones are not woken, drops the certificate there, and is told when its password is wrong', async () => {
    await awaitVerdict(page, 'Phones behind APNs are not being woken');
    await card().getByText('Another certificate').click();
    await upload('not the password');
    await card()
      .getByText('password')
      .filter({ hasText: /wrong|open/ })
      .waitFor();
    await upload(stage.apple.certificate.password);
    await awaitVerdict(page, 'Ready: phones will be woken once they register');
    await card().getByRole('definition').filter({ hasText: 'ends on' }).waitFor();
  });

  test('watches pushes, in figures, in charts and one by one', async (t) => {
    const people = new Crowd(silent, stage);
    await people.moveIn();
    const carla = await logInPhone(stage.host, 'carla', password);
    const over = new AbortController();
    const writing = people.write(carla, over.signal);
    t.after(async () => {
      over.abort();
      await writing;
      await carla.goOffline();
    });
    await awaitVerdict(page, 'Phones are being woken');
    await page.locator('.figures > div', { hasText: 'accepted' }).filter({ hasText: /[1-9]/ }).waitFor();
    await card().getByText('Another certificate').click();
    await letChartsFill();
    await takePicture(page, 'status-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await takePicture(page, 'status-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(phone);
    await takePicture(page, 'status-phone');
    await page.setViewportSize({ width: 1100, height: 1080 });
    await goTo(page, 'Pushes');
    const passed = page.getByRole('list', { name: 'Pushes, newest first' }).getByRole('listitem');
    await passed.filter({ hasText: 'APNs' }).getByText('accepted').first().waitFor();
    await passed.filter({ hasText: 'FCM' }).getByText('accepted').first().waitFor();
    const told = await page.locator('main').innerText();
    assert.match(told, /jid:[0-9a-f]{12}/);
    for (const name of crowd) assert.ok(!told.includes(name), `${name} is named`);
    await goTo(page, 'Overview');

    stage.apple.become('refusing');
    await awaitVerdict(page, 'Phones behind APNs are not being woken');
    await awaitVerdict(page, 'Apple refuses our credentials: 403 BadCertificate');
    await page.locator('.failures', { hasText: 'BadCertificate' }).waitFor();
    await assertAccessible(page, 'with a failed provider');
    await takePicture(page, 'status-broken');
    stage.apple.become('fine');
    await card().getByText('Another certificate').click();
    await upload(stage.apple.certificate.password);
    await awaitVerdict(page, 'Phones are being woken');
  });

  test('runs the doctor and sees its steps come in', async () => {
    await goTo(page, 'Doctor');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('database: connection').waitFor();
    await page.getByText('Every link works').waitFor();
    await assertAccessible(page, 'Doctor');
  });

  test('finds somebody’s device, tries it out and removes it', async () => {
    await goTo(page, 'Devices');
    await page.getByLabel('What to look for').fill(`emil@${stage.host.domain}`);
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('One device.').waitFor();
    const device = page.getByRole('listitem').filter({ hasText: 'emil@' });
    await device.getByRole('button', { name: 'Send a test push' }).click();
    await page.getByRole('button', { name: 'Send it' }).click();
    await device.getByRole('status').getByText('accepted').waitFor();
    await assertAccessible(page, 'Devices');
    await device.getByRole('button', { name: 'Remove…' }).click();
    await page.getByRole('button', { name: 'Remove it' }).click();
    await device.getByText('Removed.').waitFor();
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('No device is registered that way.').waitFor();
  });

  test('did nothing that the log does not tell, and told it no secret', async () => {
    const actions = () => stage.reveille.lines.filter(({ event }) => event === 'admin-action').map(({ action }) => action);
    await waitFor('the last action to be logged', () => actions().length >= 7);
    const once = new Set(actions());
    for (const action of ['set-certificate', 'follow-pushes', 'doctor', 'test-push', 'remove-device'])
      assert.ok(once.has(action), `${action} among ${[...once].join(', ')}`);
    const log = JSON.stringify(stage.reveille.lines);
    for (const secret of [token, stage.apple.certificate.password, 'not the password', 'emil@'])
      assert.ok(!log.includes(secret), `${secret} in the log`);
    assert.deepEqual(complaints, []);
  });
});
