import { test } from 'node:test';
import { DatabaseUnavailable } from '../../../src/registry/registry.ts';
import { startServer, type Engine } from '../../helpers/database/postgres.ts';
import { assert, buildRegistration, eventually, find, nobody, openCounted } from './registry-suite.ts';

/** Contract §6.7: what goes on while the database is down, on one engine. */
export function testOutage(engine: Engine): void {
  test('while the database is down cached devices are found, all else rejects, and everything works after its return', async () => {
    const server = await startServer(engine);
    const registry = await openCounted(await server.createDatabase());
    try {
      const registration = buildRegistration();
      const device = await registry.register(registration);
      await find(registry, device);
      await server.stop();
      assert.deepEqual(await find(registry, device), device);
      const unavailable = (error: unknown): boolean => error instanceof DatabaseUnavailable && error.cause instanceof Error;
      await assert.rejects(async () => registry.lookup('n'.repeat(32), 'example.org', nobody), unavailable);
      await assert.rejects(async () => registry.lookup(device.node, 'stranger.example', nobody), unavailable);
      await assert.rejects(registry.register(registration), unavailable);
      await assert.rejects(registry.unregister(registration), unavailable);
      await assert.rejects(registry.forget('apns', 'token', new Date()), unavailable);
      await assert.rejects(registry.count(), unavailable);
      await assert.rejects(registry.ping(), unavailable);
      registry.touch(device);
      assert.deepEqual(await find(registry, device), device);
      await server.start();
      await registry.ping();
      assert.equal((await registry.register(registration)).node, device.node);
      const changed = await openCounted(registry.url);
      await changed.register({ ...registration, secondToken: 'later' });
      await changed.close();
      await eventually(async () => (await find(registry, device))?.secondToken === 'later', 'notifications are heard again');
    } finally {
      await registry.close();
      await server.close();
    }
  });

  test('a database that is down when the registry opens is reported as unavailable', async () => {
    const server = await startServer(engine);
    const url = await server.createDatabase();
    await server.stop();
    try {
      await assert.rejects(openCounted(url), DatabaseUnavailable);
    } finally {
      await server.start();
      await server.close();
    }
  });
}
