import { chromium, type Browser } from 'playwright-core';
import { serverOrSkip } from '../servers/server-or-skip.ts';

/** Debian's: nothing is downloaded by playwright. */
export const browserPackages = ['chromium', 'fonts-dejavu-core'];

/** The `skip` option of tests in a browser, as {@link serverOrSkip}. */
export function browserOrSkip(): Promise<string | false> {
  return serverOrSkip(browserPackages);
}

/** A headless Chromium; closed by the caller. Root may not use its sandbox; what it loads is ours, and on loopback. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    timeout: 60_000,
  });
}
