import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';
import type { Database } from '../../src/registry/postgres/database.ts';
import { createPostgres } from '../../src/registry/postgres/postgres.ts';
import { DatabaseUnavailable } from '../../src/registry/registry.ts';
import { ask, createTestDatabase } from '../helpers/database/postgres.ts';
import { eventually, silent } from './suites/registry-suite.ts';

let server: { url: string; close(): Promise<void> };
let database: Database;

before(async () => {
  server = await createTestDatabase('embedded');
  database = createPostgres(server.url, silent);
  await ask(server.url, 'CREATE TABLE things (name text PRIMARY KEY)');
});
after(async () => {
  await database.close();
  await server.close();
});

const select = (text: string) => ({ name: '', text });
const add = { name: 'things-add', text: 'INSERT INTO things (name) VALUES ($1)' };

test('a statement that takes too long is reported as unavailable', async () => {
  await assert.rejects(database.query(select('SELECT pg_sleep(60)')), DatabaseUnavailable);
});

test('a database that accepts connections and says nothing is reported as unavailable', async () => {
  const sockets = new Set<Socket>();
  const silentServer = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(silentServer, 'listening');
  const deaf = createPostgres(`postgres://u@127.0.0.1:${(silentServer.address() as AddressInfo).port}/d`, silent);
  await assert.rejects(deaf.query(select('SELECT 1')), DatabaseUnavailable);
  await deaf.close();
  for (const socket of sockets) socket.destroy();
  silentServer.close();
});

test('a port that nobody listens on is reported as unavailable', async () => {
  const closed = createPostgres('postgres://u@127.0.0.1:1/d', silent);
  await assert.rejects(
    closed.query(select('SELECT 1')),
    (error: Error) => error instanceof DatabaseUnavailable && error.cause instanceof Error,
  );
  await closed.close();
});

test('more queries at once than connections all settle', async () => {
  const rows = await Promise.all(Array.from({ length: 200 }, () => database.query(select('SELECT 1 AS one'))));
  assert.ok(rows.every(([row]) => row?.['one'] === 1));
});

test('connections ended by the server while idle neither end the process nor fail the next query', async () => {
  await Promise.all(Array.from({ length: 10 }, () => database.query(select('SELECT 1'))));
  const others = 'pid <> pg_backend_pid() AND datname = current_database()';
  await ask(server.url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${others}`);
  await eventually(
    () =>
      database.query(select('SELECT 1')).then(
        () => true,
        () => false,
      ),
    'queries go through again',
  );
});

test('a connection that the server ends in the very read that brings it up does not end the process', async () => {
  const packet = (type: string, content: Buffer) => {
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(content.length + 4, 1);
    return Buffer.concat([head, content]);
  };
  const fatal = Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0');
  const leaving = Buffer.concat([packet('R', Buffer.alloc(4)), packet('Z', Buffer.from('I')), packet('E', fatal)]);
  const port = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end(leaving));
  }).listen(0, '127.0.0.1');
  await once(port, 'listening');
  const ended = createPostgres(`postgres://u@127.0.0.1:${(port.address() as AddressInfo).port}/d`, silent);
  await assert.rejects(ended.query(select('SELECT 1')), DatabaseUnavailable);
  await ended.close();
  port.close();
});

test('an error that is our own fault comes as it is, without the row it quotes', async () => {
  await database.query(add, ['s3cret']);
  await assert.rejects(database.query(add, ['s3cret']), (error: Error) => {
    assert.ok(!(error instanceof DatabaseUnavailable));
    assert.equal((error as Error & { code?: string }).code, '23505');
    assert.doesNotMatch(inspect(error, { showHidden: true }), /s3cret/);
    return true;
  });
});

test('a transaction whose work fails leaves nothing behind and rejects with its error', async () => {
  const failure = new Error('on purpose');
  const work = database.transaction(async ({ query }) => {
    await query(add, ['half']);
    throw failure;
  });
  await assert.rejects(work, (error) => error === failure);
  assert.deepEqual(await database.query(select("SELECT name FROM things WHERE name = 'half'")), []);
});

test('a read-only database is reported as unavailable', async () => {
  const readOnly = database.transaction(async ({ script, query }) => {
    await script('SET TRANSACTION READ ONLY');
    await query(add, ['x']);
  });
  await assert.rejects(readOnly, DatabaseUnavailable);
});

test('after close, queries are refused and a second close is the same close', async () => {
  const other = createPostgres(server.url, silent);
  await other.query(select('SELECT 1'));
  await Promise.all([other.close(), other.close()]);
  await assert.rejects(other.query(select('SELECT 1')));
});
