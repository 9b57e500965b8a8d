import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test } from 'node:test';
import { ask } from '../../helpers/database/postgres.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { buildTargets, createStage, dumpTargets, publish, slow, type Stage } from './stage.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const targets = buildTargets(20_000);
/** All but the moments, which differ. */
const columns = 'node, owner, provider, token, second_token, secret, dialect, handle, app_keys, registered_at';

describe('an import that is cut', () => {
  let stage: Stage;
  let dump: string;
  let whole: readonly Record<string, unknown>[];

  before(async () => {
    stage = await createStage();
    dump = await stage.place('p2.sql', dumpTargets(targets));
    assert.equal((await stage.run('--from', 'p2', dump)).exitCode, 0);
    whole = await rows();
  });
  after(() => stage.close());

  const rows = () => ask(stage.url, `SELECT ${columns} FROM devices ORDER BY node`);
  const count = async (): Promise<number> => Number((await ask(stage.url, 'SELECT count(*) AS count FROM devices'))[0]?.['count']);

  /** Ends it once some were taken, at whatever point that is. */
  async function cut(signal: NodeJS.Signals): Promise<{ code: number | null; out: string; err: string }> {
    await ask(stage.url, 'DELETE FROM devices');
    const child = spawn(process.execPath, [main, 'import', '--from', 'p2', dump, '--config', stage.config], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'close') as Promise<[number | null]>;
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    const threshold = Math.floor(Math.random() * 15_000);
    await waitFor(`${threshold} devices`, async () => child.exitCode !== null || (await count()) > threshold);
    child.kill(signal);
    const [[code], [out, err]] = await Promise.all([ended, said]);
    return { code, out, err };
  }

  async function finish(): Promise<void> {
    const { exitCode, out } = await stage.run('--from', 'p2', dump);
    assert.equal(exitCode, 0);
    const [, added, present] = /^20000 registrations read: (\d+) taken, (\d+) there already, 0 not taken\./.exec(out) ?? [];
    assert.equal(Number(added) + Number(present), 20_000);
    assert.deepEqual(await rows(), whole);
  }

  for (const turn of ['first', 'second', 'third'])
    test(`by kill -9 at a random point and repeated ends the same (${turn} time)`, slow, async () => {
      const { code } = await cut('SIGKILL');
      assert.equal(code, null);
      assert.equal((await count()) % 500, 0, 'whole batches');
      await finish();
    });

  test('by Ctrl-C ends after its batch, says what to do, and repeated ends the same', slow, async () => {
    const { code, out, err } = await cut('SIGINT');
    assert.deepEqual([code, err], [130, '']);
    assert.match(
      out,
      /^\d+ registrations read: \d+ taken, 0 there already, 0 not taken\.\nInterrupted\. What was taken stays; run the same command again/,
    );
    assert.equal((await count()) % 500, 0, 'whole batches');
    await finish();
  });

  test('two at once end the same', slow, async () => {
    await ask(stage.url, 'DELETE FROM devices');
    const both = await Promise.all([stage.run('--from', 'p2', dump), stage.run('--from', 'p2', dump)]);
    assert.deepEqual(both.map(({ exitCode }) => exitCode), [0, 0]); // prettier-ignore
    assert.deepEqual(await rows(), whole);
  });

  test('a running Reveille that refused a node takes it as soon as it is imported', slow, async () => {
    await ask(stage.url, 'DELETE FROM devices');
    const { node, secret } = targets[1]!;
    await stage.withApp(async (app) => {
      assert.equal(await publish(app, node, secret), 'item-not-found');
      await finish();
      await waitFor('the notification', async () => (await publish(app, node, secret)) === 'result');
    });
  });
});
