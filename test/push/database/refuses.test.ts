import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Client } from 'pg';
import { serveDebian, withoutDebian } from '../../helpers/database/debian.ts';
import { ask, startServer } from '../../helpers/database/postgres.ts';
import { endSessions, inDatabase, nameOf, temporary, withDatabaseScene } from './scene.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const shared = serveDebian();

test(
  'every connection taken by others: pushes to known devices flow, all else is answered wait until some are free',
  { skip: withoutDebian },
  async () => {
    const server = await startServer('debian');
    const url = await server.createDatabase();
    const others: Client[] = [];
    try {
      await ask(url, 'ALTER SYSTEM SET max_connections = 25');
      await server.stop();
      await server.start();
      await withDatabaseScene(url, async (scene) => {
        // Ended sessions are replaced at the next question: the others have to be quicker.
        await waitFor('every connection', async () => {
          await endFrom(others[0], url);
          return !(await take(url, others)) && (await countFrom(others[0]!)) === 0;
        });
        await scene.showFlow();
        assert.equal(await scene.askUnknown(), temporary);
        await scene.showNoRegistration();
        await scene.showNoDeferral();
        await scene.showFlow();
        await Promise.all(others.splice(0).map((one) => one.end()));
        await scene.untilHealed();
      });
    } finally {
      await Promise.all(others.map((one) => one.end()));
      await server.close();
    }
  },
);

test('read-only: pushes flow, what has to be written is answered wait until it can be', { skip: withoutDebian }, async () => {
  const url = await shared().createDatabase();
  await withDatabaseScene(url, async (scene) => {
    await ask(url, `ALTER DATABASE ${nameOf(url)} SET default_transaction_read_only = on`);
    await endSessions(url);
    await scene.showFlow();
    await waitFor('lookups', async () => (await scene.askUnknown()) === 'cancel/item-not-found');
    await scene.showNoRegistration();
    await scene.showNoDeferral();
    await ask(url, `BEGIN READ WRITE; ALTER DATABASE ${nameOf(url)} RESET default_transaction_read_only; COMMIT`);
    await endSessions(url);
    await scene.untilHealed();
  });
});

test('its disk full: pushes flow, what has to be written is answered wait until there is room', { skip: withoutDebian }, async () => {
  const url = await shared().createDatabase();
  await withDatabaseScene(url, async (scene) => {
    const refuse = `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`;
    const on = (table: string) =>
      `CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE OR DELETE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse()`;
    await ask(url, `${refuse}; ${on('devices')}; ${on('deferred')}`);
    await scene.showFlow();
    assert.equal(await scene.askUnknown(), 'cancel/item-not-found');
    await scene.showNoRegistration();
    await scene.showNoDeferral();
    await ask(url, 'DROP TRIGGER full_disk ON devices; DROP TRIGGER full_disk ON deferred');
    await scene.untilHealed();
  });
});

test(
  'the password changed, or the role taken away, while it runs: pushes to known devices flow, all else is answered wait until it is let in again',
  { skip: withoutDebian },
  async () => {
    const server = await startServer('debian');
    try {
      const url = await server.createDatabase();
      await ask(
        url,
        `CREATE ROLE guest LOGIN PASSWORD 'first'; ALTER DATABASE ${nameOf(url)} OWNER TO guest; ALTER SCHEMA public OWNER TO guest`,
      );
      await demandPassword(url, 'guest');
      const asGuest = new URL(url);
      Object.assign(asGuest, { username: 'guest', password: 'first' });
      await withDatabaseScene(asGuest.href, async (scene) => {
        for (const [take, giveBack] of [
          [`ALTER ROLE guest PASSWORD 'second'`, `ALTER ROLE guest PASSWORD 'first'`],
          ['ALTER ROLE guest RENAME TO stranger', 'ALTER ROLE stranger RENAME TO guest'],
          ['ALTER ROLE guest NOLOGIN', 'ALTER ROLE guest LOGIN'],
        ] as const) {
          await ask(url, take);
          await endSessions(url);
          await scene.showFlow();
          assert.equal(await scene.askUnknown(), temporary);
          await scene.showNoRegistration();
          await scene.showNoDeferral();
          await ask(url, giveBack);
          // A password that was hashed for another name does not survive the renaming.
          await ask(url, `ALTER ROLE guest PASSWORD 'first'`);
          await scene.untilHealed();
        }
      });
    } finally {
      await server.close();
    }
  },
);

/** From now on this role needs its password. */
async function demandPassword(url: string, role: string): Promise<void> {
  const [row] = await ask(url, 'SHOW hba_file');
  const file = String(row?.['hba_file']);
  await writeFile(file, `local all ${role} scram-sha-256\n${await readFile(file, 'utf8')}`);
  await ask(url, 'SELECT pg_reload_conf()');
}

/** True while there was one to take. */
async function take(url: string, taken: Client[]): Promise<boolean> {
  const client = new Client({ connectionString: inDatabase(url, 'postgres') });
  client.on('error', () => undefined);
  try {
    await client.connect();
    taken.push(client);
    return true;
  } catch {
    return false; // No connection left.
  }
}

async function endFrom(client: Client | undefined, url: string): Promise<void> {
  await client?.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reveille' AND datname = '${nameOf(url)}'`,
  );
}

async function countFrom(client: Client): Promise<number> {
  const { rows } = await client.query<{ sessions: string }>(
    `SELECT count(*) AS sessions FROM pg_stat_activity WHERE application_name = 'reveille'`,
  );
  return Number(rows[0]?.sessions);
}
