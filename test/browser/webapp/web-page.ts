import assert from 'node:assert/strict';
import axe, { type AxeResults } from 'axe-core';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';

const limitMs = 30_000;

/** In the browser's own words, as tests are compiled without the types of browsers. */
const readArrivals = `[...document.querySelectorAll('#arrivals li')]
  .map((item) => ['strong', 'span'].map((part) => item.querySelector(part).textContent).join(': '))`;
const readNotifications = `navigator.serviceWorker.ready
  .then((registration) => registration.getNotifications())
  .then((shown) => shown.map(({ title, body, tag }) => ({ title, body, tag })))`;

/** The page of etc/webapp as somebody has it open. */
export interface WebPage {
  readonly page: Page;
  /** Mistakes that the browser saw: of scripts, and what the page's policy forbids. */
  readonly mistakes: readonly string[];
  /** Clicks, and settles with what the page says in the end. */
  press(button: string): Promise<string>;
  /** What the page says in the end. */
  said(): Promise<string>;
  /** Hands the service worker a push as the browser does once it is decrypted; settles when the page has one more in its list. */
  deliver(text: string): Promise<void>;
  /** The list, newest first, without the times. */
  arrivals(): Promise<readonly string[]>;
  notifications(): Promise<readonly { readonly title: string; readonly body: string; readonly tag: string }[]>;
  /** What axe finds, in words. */
  violations(): Promise<readonly string[]>;
}

/** Opens it with what a link fills in; `prepare` comes before its first script. */
export async function openWebPage(
  context: BrowserContext,
  origin: string,
  link: Readonly<Record<string, string>>,
  prepare: (page: Page) => Promise<void> = () => Promise.resolve(),
): Promise<WebPage> {
  const page = await context.newPage();
  page.setDefaultTimeout(limitMs);
  const mistakes: string[] = [];
  page.on('pageerror', (error) => mistakes.push(String(error)));
  page.on('console', (message) => {
    // A refused connection is what some tests are about.
    if (message.type() === 'error' && !message.text().includes('WebSocket connection')) mistakes.push(message.text());
  });
  await prepare(page);
  await page.goto(`${origin}/#${new URLSearchParams(link).toString()}`);
  const worker = await findWorker(context, page, origin);
  const said = () => page.locator('#said:is([data-state=done], [data-state=failed])').innerText();
  const arrivals = () => page.evaluate<readonly string[]>(readArrivals);
  return {
    page,
    mistakes,
    async press(button) {
      await page.getByRole('button', { name: button }).click();
      return said();
    },
    said,
    async deliver(text) {
      const before = (await arrivals()).length;
      await worker.cdp.send('ServiceWorker.deliverPushMessage', { origin, registrationId: worker.registrationId, data: text });
      await page.locator('#arrivals li').nth(before).waitFor();
    },
    arrivals,
    notifications: () => page.evaluate<Awaited<ReturnType<WebPage['notifications']>>>(readNotifications),
    async violations() {
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
      return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
    },
  };
}

interface Worker {
  readonly cdp: CDPSession;
  readonly registrationId: string;
}

async function findWorker(context: BrowserContext, page: Page, origin: string): Promise<Worker> {
  const cdp = await context.newCDPSession(page);
  const found = new Promise<string>((resolve) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(({ scopeURL, isDeleted }) => scopeURL === `${origin}/` && !isDeleted);
      if (ours !== undefined) resolve(ours.registrationId);
    });
  });
  await cdp.send('ServiceWorker.enable');
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('no service worker')), limitMs).unref());
  const registrationId = await Promise.race([found, late]);
  assert.match(registrationId, /^\d+$/);
  return { cdp, registrationId };
}
