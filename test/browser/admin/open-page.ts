import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** Far more than anything here takes; a machine that is busy may need it. */
const stepTimeoutMs = 60_000;

export const phone = { width: 360, height: 740 };

/** A tab of its own at this address; closed with the browser. What the page complains of in the console fails `assertCalm`. */
export async function openTab(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(stepTimeoutMs);
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

export async function logIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByRole('button', { name: 'Log out' }).waitFor();
}

/** As a person does: by the link in the frame. */
export async function goTo(page: Page, view: 'Overview' | 'Pushes' | 'Devices' | 'Doctor'): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: view }).click();
  await page.locator(`nav a[aria-current=page]:text-is("${view}")`).waitFor();
}

/** What is read first, and aloud. */
export const verdictOf = (page: Page): Promise<string> => page.locator('.verdict').innerText();

/** Settles when the verdict says so. */
export const awaitVerdict = (page: Page, words: string): Promise<void> => page.locator('.verdict', { hasText: words }).waitFor();

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Rejects with what axe-core finds. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(axe);
  const violations = await page.evaluate<Violation[]>('axe.run().then(({ violations }) => violations)');
  const told = violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
  assert.deepEqual(told, [], what);
}

export async function assertNotSideways(page: Page, what: string): Promise<void> {
  assert.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0, `${what} scrolls sideways`);
}
