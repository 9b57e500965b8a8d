import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { State } from '../../src/admin/state/state.ts';
import { ask } from '../admin/client.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { accepted, hang, unavailable } from '../helpers/stage-provider.ts';
import { call, message, readMetric } from '../push/delivery/scene.ts';
import { connectDevice, transports } from './device.ts';
import { openScene, provider, unregisterRequest, type Scene } from './scene.ts';

for (const transport of transports) {
  describe(`a phone that is connected over ${transport}`, () => {
    let scene: Scene;
    before(async () => (scene = await openScene({}, { admin: {} })));
    after(() => scene.close());

    test('gets its push from us, and its push service hears nothing of it', async () => {
      const phone = await scene.phone();
      const device = await connectDevice(scene.port, phone, transport);
      assert.equal(await scene.publish(phone.node, message('for you alone')), 'result');
      const [push, ...others] = device.pushes();
      assert.deepEqual(others, []);
      assert.ok(push !== undefined);
      assert.deepEqual(push['payload'], { account: phone.owner, body: 'for you alone', 'push-id': push['id'] });
      assert.equal(push['kind'], 'message');
      assert.deepEqual(
        scene.stage.tries.filter(({ token }) => token === phone.token),
        [],
      );
      assert.ok((await readMetric(scene, `reveille_local_pushes_total{provider="${provider}",end="delivered"}`)) >= 1);
      assert.equal(await readMetric(scene, `reveille_local_connections{transport="${transport}"}`), 1);
      device.close();
    });

    test('is one that the status page counts', async () => {
      const device = await connectDevice(scene.port, await scene.phone(), transport);
      const ours = await waitFor('the device to be shown', async () => {
        const { json } = await ask<State>(scene, '/api/state');
        return json.localPush?.connected === 1 ? json.localPush : undefined;
      });
      const other = transport === 'websocket' ? 'events' : 'websocket';
      assert.deepEqual(ours.byTransport, [
        { name: transport, count: 1 },
        { name: other, count: 0 },
      ]);
      assert.deepEqual([ours.connectedElsewhere, ours.otherInstances, ours.fallenBack], [0, 0, 0]);
      assert.equal(ours.delivered, await readMetric(scene, `reveille_local_pushes_total{provider="${provider}",end="delivered"}`));
      device.close();
    });

    test('rings by both ways at once, with one id, though its push service does not answer', async () => {
      const phone = await scene.phone();
      const device = await connectDevice(scene.port, phone, transport);
      scene.stage.answer = (_push, signal) => hang(signal);
      device.answers = false;
      const answer = scene.publish(phone.node, call('sid-1'));
      const asked = await waitFor('the push service', () => scene.stage.tries.find(({ token }) => token === phone.token));
      const rung = await device.hears('push');
      assert.deepEqual([rung['kind'], rung['id']], ['call', asked.id]);
      assert.equal(asked.showsId, true, 'the payload of the push service shows the id');
      await device.say({ type: 'ack', id: rung['id'] });
      assert.equal(await answer, 'result');
      scene.stage.answer = () => accepted;
      device.close();
    });

    test('rings where its push service is down, and nothing waits for another try', async () => {
      const phone = await scene.phone();
      const device = await connectDevice(scene.port, phone, transport);
      scene.stage.answer = () => unavailable;
      assert.equal(await scene.publish(phone.node, call('sid-2')), 'result');
      assert.equal(device.pushes().length, 1);
      assert.equal(await readMetric(scene, `reveille_deferred_total{provider="${provider}"}`), 0);
      scene.stage.answer = () => accepted;
      device.close();
    });

    test('is gone: what comes then goes to its push service', async () => {
      const phone = await scene.phone();
      const device = await connectDevice(scene.port, phone, transport);
      device.close();
      await waitFor('the end', async () => (await readMetric(scene, `reveille_local_connections{transport="${transport}"}`)) === 0);
      assert.equal(await scene.publish(phone.node, message('away')), 'result');
      // It may wait for a breaker that the test before has opened.
      await waitFor('the push', () => scene.stage.accepted.filter(({ token }) => token === phone.token).length === 1);
    });

    test('that comes back by another network takes over, and is shown one push', async () => {
      const phone = await scene.phone();
      const old = await connectDevice(scene.port, phone, transport);
      const device = await connectDevice(scene.port, phone, transport);
      assert.equal((await old.hears('goodbye'))['code'], 4409);
      assert.equal(await old.ended(), transport === 'websocket' ? 4409 : undefined);
      assert.equal(await scene.publish(phone.node, message('once')), 'result');
      assert.deepEqual([old.pushes().length, device.pushes().length], [0, 1]);
      assert.deepEqual(
        scene.stage.accepted.filter(({ token }) => token === phone.token),
        [],
      );
      device.close();
    });

    test('that loses its connection with a push on it gets that over the next one', async () => {
      const phone = await scene.phone();
      const old = await connectDevice(scene.port, phone, transport);
      old.answers = false;
      const answer = scene.publish(phone.node, message('between two networks'));
      const sent = await old.hears('push');
      const device = await connectDevice(scene.port, phone, transport);
      old.close();
      assert.equal(await answer, 'result');
      assert.deepEqual(
        device.pushes().map(({ id }) => id),
        [sent['id']],
      );
      assert.deepEqual(
        scene.stage.accepted.filter(({ token }) => token === phone.token),
        [],
      );
      device.close();
    });

    test('is given what waits for it, the newest, however its push service does', async () => {
      const phone = await scene.phone();
      scene.stage.answer = () => unavailable;
      for (const body of ['old', 'new']) assert.equal(await scene.publish(phone.node, message(body)), 'result');
      const device = await connectDevice(scene.port, phone, transport);
      const push = await device.hears('push');
      assert.deepEqual((push['payload'] as { body: string }).body, 'new');
      scene.stage.answer = () => accepted;
      device.close();
    });

    test('is told to register again when its registration is removed', async () => {
      const phone = await scene.phone();
      const device = await connectDevice(scene.port, phone, transport);
      await scene.ask(unregisterRequest(phone.owner, phone.token));
      assert.equal((await device.hears('goodbye'))['code'], 4401);
      assert.equal(await device.ended(), transport === 'websocket' ? 4401 : undefined);
    });

    test('answers pings, and is answered', async () => {
      const device = await connectDevice(scene.port, await scene.phone(), transport);
      await device.say({ type: 'ping' });
      await device.hears('pong');
      device.close();
    });
  });

  describe(`a phone over ${transport} that does not answer`, () => {
    let scene: Scene;
    before(async () => (scene = await openScene({ answerWithinMs: 100, keepAliveMs: 800 })));
    after(() => scene.close());

    test('in time gets the push from its push service too, with the same id; its late word changes nothing', async () => {
      const phone = await scene.phone();
      const device = await connectDevice(scene.port, phone, transport);
      device.answers = false;
      assert.equal(await scene.publish(phone.node, message('twice')), 'result');
      const push = await device.hears('push');
      await device.say({ type: 'ack', id: push['id'] });
      const given = scene.stage.accepted.filter(({ token }) => token === phone.token);
      assert.deepEqual(
        given.map(({ id, showsId }) => [id, showsId]),
        [[push['id'], true]],
      );
      assert.ok((await readMetric(scene, `reveille_local_pushes_total{provider="${provider}",end="fallen-back"}`)) >= 1);
      device.answers = true;
      await device.say({ type: 'ping' });
      await device.hears('pong');
      assert.equal(await scene.publish(phone.node, message('trusted again')), 'result');
      assert.equal(device.pushes().length, 2);
      assert.equal(scene.stage.accepted.filter(({ token }) => token === phone.token).length, 1);
      device.close();
    });

    test('at all costs one push the wait, and is ended', async () => {
      const phone = await scene.phone();
      const device = await connectDevice(scene.port, phone, transport);
      device.answers = false;
      for (const body of ['one', 'two']) assert.equal(await scene.publish(phone.node, message(body)), 'result');
      assert.equal(scene.stage.accepted.filter(({ token }) => token === phone.token).length, 2);
      assert.equal(device.pushes().length, 1, 'the second did not wait for it');
      assert.equal((await device.hears('goodbye'))['code'], 4408);
    });

    test('pings, without any push, is ended', async () => {
      const device = await connectDevice(scene.port, await scene.phone(), transport);
      device.answers = false;
      await device.hears('ping');
      assert.equal((await device.hears('goodbye'))['code'], 4408);
    });

    test('but to pings stays', async () => {
      const device = await connectDevice(scene.port, await scene.phone(), transport);
      await waitFor('three pings', () => device.heard.filter(({ type }) => type === 'ping').length >= 3);
      assert.ok(!device.heard.some(({ type }) => type === 'goodbye'));
      device.close();
    });
  });

  test(`phones over ${transport} are told to come back, each at another time, when the instance stops`, async () => {
    const scene = await openScene();
    const devices = [];
    for (let count = 0; count < 8; count += 1) devices.push(await connectDevice(scene.port, await scene.phone(), transport));
    await scene.close();
    const byes = await Promise.all(devices.map((device) => device.hears('goodbye')));
    assert.deepEqual(new Set(byes.map(({ code }) => code)), new Set([1012]));
    assert.ok(new Set(byes.map(({ afterMs }) => afterMs)).size > 1);
    for (const device of devices) assert.equal(await device.ended(), transport === 'websocket' ? 1012 : undefined);
  });
}
