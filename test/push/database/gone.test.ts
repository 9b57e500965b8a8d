import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveDebian, withoutDebian } from '../../helpers/database/debian.ts';
import { ask, startServer } from '../../helpers/database/postgres.ts';
import { accepted, unavailable } from '../../helpers/stage-provider.ts';
import { endSessions, inDatabase, nameOf, temporary, withDatabaseScene } from './scene.ts';
import { message, readElsewhere } from '../delivery/scene.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const shared = serveDebian();

test(
  'gone: pushes to known devices flow, everything else is answered wait, and afterwards all works by itself',
  { skip: withoutDebian },
  async () => {
    const server = await startServer('debian');
    try {
      await withDatabaseScene(await server.createDatabase(), async (scene) => {
        await server.stop();
        for (let round = 0; round < 20; round += 1) await scene.showFlow();
        assert.equal(await scene.askUnknown(), temporary);
        await scene.showNoRegistration();
        await scene.showNoDeferral();
        await server.start();
        await scene.untilHealed();
        await scene.showFlow();
      });
    } finally {
      await server.close();
    }
  },
);

test(
  'gone: a silent push that should wait for the end of its interval goes out at once, because it could not be kept',
  { skip: withoutDebian },
  async () => {
    const server = await startServer('debian');
    try {
      await withDatabaseScene(await server.createDatabase(), async ({ stage, publish, device }) => {
        const node = await device();
        stage.answer = () => accepted;
        const before = stage.accepted.length;
        assert.equal(await publish(node, readElsewhere(0)), 'result');
        await server.stop();
        assert.equal(await publish(node, readElsewhere(1)), 'result');
        assert.equal(stage.accepted.length, before + 2);
      });
    } finally {
      await server.close();
    }
  },
);

test(
  'restarted in the middle of a burst: every publish is answered, and what was acknowledged is delivered',
  { skip: withoutDebian },
  async () => {
    const server = await startServer('debian');
    try {
      await withDatabaseScene(await server.createDatabase(), async ({ stage, publish, device }) => {
        // One push a device, so that none takes another's place; half of them are not taken at once.
        const nodes = await Promise.all(Array.from({ length: 600 }, device));
        let tries = 0;
        stage.answer = () => ((tries += 1) % 2 === 0 ? accepted : unavailable);
        const answers: Promise<string>[] = [];
        let restarting: Promise<void> | undefined;
        for (const [index, node] of nodes.entries()) {
          answers.push(publish(node, message(`${index}`)));
          await new Promise((resolve) => setTimeout(resolve, 3));
          if (index === 150) restarting = server.stop().then(() => server.start());
        }
        await restarting;
        const answered = await Promise.all(answers);
        const acknowledged = [...answered.keys()].filter((index) => answered[index] === 'result');
        assert.deepEqual(new Set(answered), new Set(['result', temporary]), 'the restart was felt, and felt as this only');
        stage.answer = () => accepted;
        const bodies = () => new Set(stage.accepted.map(({ notification }) => notification.body));
        await waitFor('what was acknowledged', () => acknowledged.every((index) => bodies().has(`${index}`)));
        console.log(
          `# restart: ${nodes.length} publishes, ${acknowledged.length} acknowledged and delivered, ${nodes.length - acknowledged.length} wait`,
        );
      });
    } finally {
      await server.close();
    }
  },
);

test('every session ended, as at a failover: nothing is felt but a few answers wait', { skip: withoutDebian }, async () => {
  const url = await shared().createDatabase();
  await withDatabaseScene(url, async (scene) => {
    let ended = 0;
    for (let round = 0; round < 5; round += 1) {
      ended += await endSessions(url);
      await scene.showFlow();
      assert.ok([temporary, 'cancel/item-not-found'].includes(await scene.askUnknown()));
    }
    assert.ok(ended > 5, `${ended} sessions were ended`);
    await scene.untilHealed();
  });
});

test(
  'dropped and restored: pushes to known devices flow meanwhile, and the restored one is used without a restart',
  { skip: withoutDebian },
  async () => {
    const url = await shared().createDatabase();
    const name = nameOf(url);
    const other = inDatabase(url, 'postgres');
    await withDatabaseScene(url, async (scene) => {
      await endSessions(url);
      await untilCopied(other, name);
      await ask(other, `DROP DATABASE ${name} WITH (FORCE)`);
      await scene.showFlow();
      assert.equal(await scene.askUnknown(), temporary);
      await scene.showNoRegistration();
      await scene.showNoDeferral();
      await ask(other, `ALTER DATABASE ${name}_backup RENAME TO ${name}`);
      await scene.untilHealed();
      await scene.showFlow();
    });
  },
);

/** A database can be copied only while nobody is in it; sessions come back. */
async function untilCopied(url: string, name: string): Promise<void> {
  await ask(url, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await waitFor('a copy', async () => {
    await ask(url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    return ask(url, `CREATE DATABASE ${name}_backup TEMPLATE ${name}`).then(
      () => true,
      () => false,
    );
  });
}
