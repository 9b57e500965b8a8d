import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserOrSkip, startBrowser } from './browser.ts';

const skip = await browserOrSkip();

test('a page is shown by a real Chromium', { skip }, async () => {
  const browser = await startBrowser();
  try {
    const page = await browser.newPage();
    await page.setContent('<h1>Reveille</h1>');
    assert.equal(await page.textContent('h1'), 'Reveille');
  } finally {
    await browser.close();
  }
});
