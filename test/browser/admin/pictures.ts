import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

/** `REVEILLE_PICTURES=1`: pictures for the documentation are made anew, after the charts have filled for four minutes. */
const isAsked = process.env['REVEILLE_PICTURES'] === '1';
const fillMs = 240_000;
const folder = fileURLToPath(new URL('../../../docs/pictures/', import.meta.url));
const mostBytes = 150_000;

export const letChartsFill = (): Promise<void> => (isAsked ? sleep(fillMs) : Promise.resolve());

/** Takes a picture; keeps it only where it was asked for. */
export async function takePicture(page: Page, name: string): Promise<void> {
  await page.evaluate('scrollTo(0, 0)');
  const picture = await page.screenshot({ animations: 'disabled' });
  assert.ok(picture.length < mostBytes, `${name}.png has ${picture.length} bytes`);
  if (!isAsked) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${name}.png`, picture);
}
