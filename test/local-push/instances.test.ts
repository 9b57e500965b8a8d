import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { startServer, type TestServer } from '../helpers/database/postgres.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { call, message, readMetric } from '../push/delivery/scene.ts';
import { connectDevice, openDevice, post, proofOf, transports } from './device.ts';
import { openScene, unregisterRequest, type Scene } from './scene.ts';

let server: TestServer;
let url: string;
let one: Scene;
let other: Scene;

before(async () => {
  server = await startServer('embedded');
  url = await server.createDatabase();
  const name = randomUUID();
  one = await openScene({}, { database: { url } }, name);
  other = await openScene({}, { database: { url } }, name);
});
after(async () => {
  await Promise.all([one.close(), other.close()]);
  await server.close();
});

const elsewhere = (scene: Scene) => readMetric(scene, 'reveille_local_devices_elsewhere');
const knows = (scene: Scene, devices: number) => waitFor(`${devices} elsewhere`, async () => (await elsewhere(scene)) === devices);

for (const transport of transports) {
  test(`a phone that is connected to the other instance over ${transport} gets the push there`, async () => {
    const phone = await one.phone();
    const device = await connectDevice(other.port, phone, transport);
    await knows(one, 1);
    assert.equal(await one.publish(phone.node, message('over the wire')), 'result');
    assert.equal(await one.publish(phone.node, call('sid')), 'result');
    // The push service may have been the quicker one.
    await waitFor('both', () => device.pushes().length === 2);
    const given = one.stage.tries.filter(({ token }) => token === phone.token);
    assert.deepEqual(
      given.map(({ id }) => id),
      [device.pushes()[1]?.['id']],
      'only the call went both ways, with one id',
    );
    device.close();
    await knows(one, 0);
  });

  test(`a phone that goes from one instance to the other over ${transport} is connected to the other alone`, async () => {
    const phone = await one.phone();
    const old = await connectDevice(one.port, phone, transport);
    await knows(other, 1);
    const device = await connectDevice(other.port, phone, transport);
    assert.equal((await old.hears('goodbye'))['code'], 4409);
    await knows(one, 1);
    for (const scene of [one, other]) assert.equal(await scene.publish(phone.node, message('hello')), 'result');
    assert.deepEqual([old.pushes().length, device.pushes().length], [0, 2]);
    device.close();
    await knows(one, 0);
  });
}

test('what a phone says of its events may come to the other instance', async () => {
  const phone = await one.phone();
  await waitFor('each other', async () => (await readMetric(other, 'reveille_local_instances')) === 1);
  const device = await openDevice(one.port, 'events');
  const session = String(device.heard[0]?.['session']);
  assert.equal(await post(other.port, session, JSON.stringify(proofOf(device, phone))), 202);
  await device.hears('welcome');
  device.close();
  await knows(other, 0);
});

test('a registration that is removed at one instance ends the connection to the other', async () => {
  const phone = await one.phone();
  const device = await connectDevice(other.port, phone);
  await one.ask(unregisterRequest(phone.owner, phone.token));
  assert.equal((await device.hears('goodbye'))['code'], 4401);
  await knows(one, 0);
});

test('a push that is too large for the wire goes to the push service', async () => {
  const phone = await one.phone();
  const device = await connectDevice(other.port, phone);
  await knows(one, 1);
  // Each of these is six bytes in JSON, and that again is written as JSON.
  assert.equal(await one.publish(phone.node, message('&quot;'.repeat(500) + '\\'.repeat(12))), 'result');
  const given = one.stage.accepted.filter(({ token }) => token === phone.token).length;
  assert.equal(given + device.pushes().length, 1, 'it came by one of the ways, and once');
  device.close();
  await knows(one, 0);
});

test('the database sees no word of a push, no account and no node on the way, and who forges one is not heard', async () => {
  const eavesdropper = new pg.Client({ connectionString: url });
  await eavesdropper.connect();
  const heard: string[] = [];
  eavesdropper.on('notification', ({ payload = '' }) => heard.push(payload, Buffer.from(payload, 'base64').toString('latin1')));
  await eavesdropper.query('LISTEN reveille_local_push');
  const phone = await one.phone();
  const device = await connectDevice(other.port, phone);
  await knows(one, 1);
  assert.equal(await one.publish(phone.node, message('for nobody else')), 'result');
  assert.equal(device.pushes().length, 1);
  // What was said comes to all in one order: with this everything has come.
  await eavesdropper.query(`NOTIFY reveille_local_push, '{"v":"have","from":"forged","seq":1,"nodes":["a","b"],"first":true}'`);
  await waitFor('the forged word', () => heard.some((text) => text.includes('forged')));
  const told = heard.filter((text) => !text.includes('forged')).join('\n');
  assert.ok(told.length > 200);
  for (const secret of ['for nobody else', phone.owner, phone.node, phone.token, '"v"']) assert.ok(!told.includes(secret), secret);
  assert.equal(await elsewhere(one), 1);
  device.close();
  await knows(one, 0);
  await eavesdropper.end();
});

test('an instance that comes late learns who is connected, and forgets an instance that has stopped', async () => {
  const phone = await one.phone();
  const device = await connectDevice(one.port, phone);
  const late = await openScene({}, { database: { url } });
  await waitFor('its list', async () => (await elsewhere(late)) === 1);
  assert.equal(await late.publish(phone.node, message('from a newcomer')), 'result');
  assert.equal(device.pushes().length, 1);
  const guest = await late.phone();
  await connectDevice(late.port, guest);
  await waitFor('the guest', async () => (await elsewhere(one)) === 1);
  await late.close();
  await knows(one, 0);
  device.close();
});

test('while the database is away phones that are connected here get their pushes', async () => {
  const phone = await one.phone();
  const device = await connectDevice(one.port, phone);
  await server.stop();
  assert.equal(await one.publish(phone.node, message('without a database')), 'result');
  assert.equal(device.pushes().length, 1);
  await server.start();
  // Both are heard again where each has learnt something new of the other.
  const guests = [await waitFor('a phone', () => other.phone().catch(() => undefined)), await one.phone()] as const;
  const connected = [await connectDevice(other.port, guests[0]), await connectDevice(one.port, guests[1])];
  await knows(one, 1);
  await knows(other, 2);
  assert.equal(await other.publish(phone.node, message('with it again')), 'result');
  assert.equal(device.pushes().length, 2);
  for (const one of [device, ...connected]) one.close();
});
