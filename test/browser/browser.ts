import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { serverOrSkip } from '../servers/server-or-skip.ts';

/** Debian's: nothing is downloaded by playwright. */
export const browserPackages = ['chromium', 'fonts-dejavu-core'];

/** The `skip` option of tests in a browser, as {@link serverOrSkip}; `more` are packages that they need besides. */
export function browserOrSkip(more: readonly string[] = []): Promise<string | false> {
  return serverOrSkip([...browserPackages, ...more]);
}

/** Root may not use its sandbox; what it loads is ours, and on loopback. */
const launch = {
  executablePath: '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  timeout: 60_000,
};

/** A headless Chromium; closed by the caller. Its windows are private ones. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch(launch);
}

/** A browser with windows that are not private: those have no push. */
export interface Profile {
  readonly context: BrowserContext;
  /** Called by whoever started it. */
  close(): Promise<void>;
}

/** So that a browser's maker is not talked to, and it is the same everywhere: it has no push service. */
const loopbackOnly = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost';

/** A headless Chromium with an empty profile, for which there is nothing but loopback. */
export async function startProfile(): Promise<Profile> {
  const folder = await mkdtemp(join(tmpdir(), 'reveille-browser-'));
  await chmod(folder, 0o700);
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  const context = await chromium
    .launchPersistentContext(folder, { ...launch, args: [...launch.args, loopbackOnly] })
    .catch(async (error: unknown) => {
      await remove();
      throw error;
    });
  return {
    context,
    async close() {
      await context.close();
      await remove();
    },
  };
}
