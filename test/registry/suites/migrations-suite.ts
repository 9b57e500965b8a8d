import { after, before, test } from 'node:test';
import { openRegistry } from '../../../src/registry/open.ts';
import { ask, startServer, type Engine, type TestServer } from '../../helpers/database/postgres.ts';
import { assert, buildRegistration, find, silent } from './registry-suite.ts';

/** How the tables come to be, on one engine. */
export function testMigrations(engine: Engine): void {
  let server: TestServer;
  before(async () => void (server = await startServer(engine)));
  after(() => server.close());

  test('five instances starting at once on an empty database all come up and share it', async () => {
    const url = await server.createDatabase();
    const open = () => openRegistry({ url, dataDir: '/nonexistent', devicesPerOwner: 25 }, silent);
    const opened = await Promise.allSettled(Array.from({ length: 5 }, open));
    const registries = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    try {
      assert.equal(registries.length, 5);
      const device = await registries[0]!.register(buildRegistration());
      for (const registry of registries) assert.deepEqual(await find(registry, device), device);
    } finally {
      await Promise.all(registries.map((registry) => registry.close()));
    }
  });

  test('a database of a newer program is refused with a clear line, and nothing in it changes', async () => {
    const url = await server.createDatabase();
    const open = () => openRegistry({ url, dataDir: '/nonexistent', devicesPerOwner: 25 }, silent);
    await (await open()).close();
    await ask(url, "INSERT INTO migrations (number, file) VALUES (9000, '9000-future.sql')");
    await assert.rejects(open(), /newer Reveille \(its schema is 9000, this program knows \d+\)/);
    assert.equal((await ask(url, 'SELECT 1 FROM migrations WHERE number = 9000')).length, 1);
  });

  test('a user who may not create tables is told what to grant', async () => {
    const url = await server.createDatabase();
    const role = `guest_${performance.now().toString().replace('.', '_')}`;
    await ask(url, `CREATE ROLE ${role} LOGIN`);
    const guest = url.replace(/\/\/\w+@/, `//${role}@`);
    await assert.rejects(openRegistry({ url: guest, dataDir: '/nonexistent', devicesPerOwner: 25 }, silent), /GRANT CREATE ON SCHEMA/);
    await ask(url, `DROP ROLE ${role}`);
  });

  test('opening again applies nothing and loses nothing', async () => {
    const url = await server.createDatabase();
    const open = () => openRegistry({ url, dataDir: '/nonexistent', devicesPerOwner: 25 }, silent);
    const first = await open();
    const device = await first.register(buildRegistration());
    await first.close();
    const again = await open();
    assert.deepEqual(await find(again, device), device);
    await again.close();
  });
}
