import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { waitFor } from '../../helpers/wait-for.ts';
import { prosodyPackages } from '../../servers/prosody.ts';
import { browserOrSkip, startProfile } from '../browser.ts';
import { stubPushManager } from './subscriptions.ts';
import { openWebPage } from './web-page.ts';

const program = fileURLToPath(new URL('../../../scripts/demo/main.ts', import.meta.url));
const skip = await browserOrSkip(prosodyPackages);
/** Nobody's: that name servers know no address is not a reason to refuse a registration. */
const pushService = 'https://push.invalid';

test(
  'npm run demo -- --web has the page, a server that pushes, a friend who writes what is typed; an interrupt ends it with status 0',
  { skip },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'reveille-demo-test-'));
    chmodSync(folder, 0o755);
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const child = spawn(process.execPath, [program, '--web'], { env: { ...process.env, TMPDIR: folder }, stdio: 'pipe' });
    t.after(() => child.kill());
    const exited = once(child, 'exit') as Promise<[number | null]>;
    let told = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (told += text));
    const address = await waitFor('the address', () => /^http:\/\/127\.0\.0\.1:\d+\/#\S+$/m.exec(told)?.[0], 90_000).catch(
      (cause: unknown) => {
        throw new Error(told, { cause });
      },
    );
    const { origin, hash } = new URL(address);

    const profile = await startProfile();
    t.after(() => profile.close());
    await profile.context.grantPermissions(['notifications'], { origin });
    const link = Object.fromEntries(new URLSearchParams(hash.slice(1)));
    assert.deepEqual(Object.keys(link), ['jid', 'websocket', 'key'], 'no password');
    const web = await openWebPage(profile.context, origin, link, (page) => stubPushManager(page, pushService));
    await web.page.getByLabel('Password').fill('correct horse');
    // Its server offers PLAIN only.
    assert.match(await web.press('Switch push on'), /^Push is on for anna@chat\.test\./);

    child.stdin.write('Lunch at noon?\n');
    await waitFor('the push', () => told.includes('the server published, and got: result'));
    assert.match(told, /carla@chat\.test → anna@chat\.test: “Lunch at noon\?”/);
    child.kill('SIGINT');
    assert.deepEqual(await exited, [0, null], told);
    assert.match(told, /^Done: the page is closed, and nothing is left behind\.$/m);
    assert.deepEqual(readdirSync(folder), []);
  },
);
