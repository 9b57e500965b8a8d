import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createServing, main, type Serving } from './serving.ts';

const wrapper = join(import.meta.dirname, '../../../scripts/run.mjs');

let serving: Serving;
beforeEach(async () => void (serving = await createServing()));
afterEach(() => serving.close());

const readLog = () => readFileSync(serving.logFile, 'utf8');

describe('reveille serve', () => {
  test('goes on after SIGHUP', async () => {
    await serving.start();
    serving.child.kill('SIGHUP');
    await serving.untilLogged('hangup');
    await serving.assertPushes();
    serving.child.kill('SIGTERM');
    await serving.assertEnds(0);
  });

  for (const signal of ['SIGQUIT', 'SIGUSR2', 'SIGXCPU'] as const) {
    test(`ends in order by ${signal}`, async () => {
      await serving.start();
      serving.child.kill(signal);
      await serving.assertEnds(0);
      assert.match(readLog(), /"stopped"/);
    });
  }

  test('leaves no database behind where a second signal ends it at once', async () => {
    await serving.start();
    serving.child.kill('SIGTERM');
    serving.child.kill('SIGINT');
    // Either may be the first to be heard.
    await serving.assertEnds(130, 143);
  });

  for (const handler of ['fail', 'reject'] as const) {
    test(`drains, stops its database and ends with 1 where nobody catches an error (${handler})`, async () => {
      await serving.start();
      await serving.provoke(handler);
      await serving.assertEnds(1);
      assert.match(readLog(), /"program-failed"[^]*"database-stopped"[^]*"stopped"/);
    });
  }

  test('leaves no database behind where the next error comes while it drains', async () => {
    await serving.start();
    await serving.provoke('fail-on');
    await serving.assertEnds(1);
  });

  test("leaves no database behind where an administrator's code ends the process", async () => {
    await serving.start();
    await serving.provoke('exit');
    await serving.assertEnds(3);
  });
});

describe('npm start', () => {
  const command = () => [process.execPath, wrapper, main, 'serve', '--config', serving.file];

  test('drains where each of its processes is told to end, and passes that on as well', async () => {
    await serving.start(undefined, command());
    process.kill(-serving.child.pid!, 'SIGTERM');
    await serving.assertEnds(0);
    assert.match(readLog(), /"stopped"/);
  });

  test('goes on after SIGHUP to each of its processes, and drains after Ctrl-\\', async () => {
    await serving.start(undefined, command());
    process.kill(-serving.child.pid!, 'SIGHUP');
    await serving.untilLogged('hangup');
    await serving.assertPushes();
    process.kill(-serving.child.pid!, 'SIGQUIT');
    await serving.assertEnds(0);
    assert.match(readLog(), /"stopped"/);
  });

  test('whose output is read by nobody any more goes on', async () => {
    await serving.start('pipe', command());
    serving.child.stdout?.destroy();
    await serving.assertPushes();
    serving.child.kill('SIGTERM');
    await serving.assertEnds(0);
  });
});
