import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { request } from '../../src/base/node/http.ts';
import { buildProof } from '../../src/local-push/secrets.ts';
import { nodeOf, registerRequest, startTestApp } from '../helpers/app.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { message } from '../push/delivery/scene.ts';
import { connectDevice, openDevice, post, proofOf, transports } from './device.ts';
import { fieldOf, openScene, provider, type Scene } from './scene.ts';

let scene: Scene;
before(async () => (scene = await openScene()));
after(() => scene.close());

/** Status of a handshake that is refused, and Retry-After. */
async function knock(port: number, protocols: string[] = ['reveille.local-push.1'], path = '/local-push'): Promise<readonly unknown[]> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols);
  socket.on('error', () => undefined);
  const signal = AbortSignal.timeout(20_000);
  const [, response] = (await once(socket, 'unexpected-response', { signal })) as [unknown, IncomingMessage];
  response.resume();
  return [response.statusCode, response.headers['retry-after']];
}

async function get(port: number, path: string): Promise<number | undefined> {
  const [response] = (await once(request({ port, host: '127.0.0.1', path, agent: false }).end(), 'response')) as [IncomingMessage];
  response.on('error', () => undefined).destroy();
  return response.statusCode;
}

test('an instance without local push has no such path, and its forms are as they were', async () => {
  const plain = await startTestApp();
  try {
    const answer = await plain.ask(registerRequest('bob@example.net', 'fcm-xmpp-api', 'token'));
    assert.doesNotMatch(answer, /local-push/);
    assert.deepEqual(await knock(plain.app.httpPort), [404, undefined]);
    assert.equal(await get(plain.app.httpPort, '/local-push/events'), 404);
  } finally {
    await plain.close();
  }
});

test('a form tells secret and path, the same again for the same device', async () => {
  const ask = () => scene.ask(registerRequest('carol@example.net', provider, 'carols-token'));
  const [first, again] = [await ask(), await ask()];
  assert.deepEqual([fieldOf(first, 'local-push-path'), fieldOf(first, 'local-push-secret').length], ['/local-push', 43]);
  assert.equal(fieldOf(again, 'local-push-secret'), fieldOf(first, 'local-push-secret'));
  assert.equal(nodeOf(again), nodeOf(first));
  assert.ok(!scene.log.some((line) => line.includes(fieldOf(first, 'local-push-secret'))), 'no log has it');
});

for (const transport of transports) {
  describe(`a stranger over ${transport}`, () => {
    test('who knows the node alone is shown the door', async () => {
      const { node } = await scene.phone();
      const device = await openDevice(scene.port, transport);
      await device.say({ type: 'prove', node, proof: buildProof(node, String(device.heard[0]?.['nonce']), node) });
      assert.equal((await device.hears('goodbye'))['code'], 4401);
      assert.ok(!device.heard.some(({ type }) => type === 'welcome'));
    });

    test('who plays back a proof that he overheard is shown the door', async () => {
      const phone = await scene.phone();
      const device = await openDevice(scene.port, transport);
      const overheard = proofOf(device, phone);
      await device.say(overheard);
      await device.hears('welcome');
      const stranger = await openDevice(scene.port, transport);
      await stranger.say(overheard);
      assert.equal((await stranger.hears('goodbye'))['code'], 4401);
      assert.equal(await scene.publish(phone.node, message('still mine')), 'result');
      assert.equal(device.pushes().length, 1);
      device.close();
    });

    test('who proves himself with the secret of another device is shown the door', async () => {
      const [mine, other] = [await scene.phone(), await scene.phone()];
      const device = await openDevice(scene.port, transport);
      await device.say(proofOf(device, { node: other.node, secret: mine.secret }));
      assert.equal((await device.hears('goodbye'))['code'], 4401);
    });

    test('who has proven nothing gets no push, whatever he says', async () => {
      const phone = await scene.phone();
      const device = await openDevice(scene.port, transport);
      await device.say({ type: 'ack', id: 'x', node: phone.node });
      await device.say({ type: 'ping' });
      await device.hears('pong');
      assert.equal(await scene.publish(phone.node, message('not for you')), 'result');
      assert.deepEqual(device.pushes(), []);
      device.close();
    });

    test('who says what is no message of the protocol is shown the door', async () => {
      for (const nonsense of ['hello', '[]', 'null', '{"type":"push"}', '{"type":"prove","node":1,"proof":[]}']) {
        const device = await openDevice(scene.port, transport);
        await device.say(nonsense);
        assert.equal((await device.hears('goodbye'))['code'], 4400, nonsense);
      }
    });

    test('who proves himself twice is shown the door', async () => {
      const phone = await scene.phone();
      const device = await connectDevice(scene.port, phone, transport);
      await device.say(proofOf(device, phone));
      assert.equal((await device.hears('goodbye'))['code'], 4400);
    });

    test('who talks without end is told so', async () => {
      const device = await connectDevice(scene.port, await scene.phone(), transport);
      for (let count = 0; count < 70; count += 1) await device.say({ type: 'ping' });
      const { code, afterMs } = await device.hears('goodbye');
      assert.deepEqual([code, afterMs], [4429, 60_000]);
    });
  });
}

test('a message of more than 4096 bytes ends a WebSocket, and is refused on the other way', async () => {
  const long = JSON.stringify({ type: 'ping', more: 'x'.repeat(4096) });
  const socket = await connectDevice(scene.port, await scene.phone(), 'websocket');
  await socket.say(long);
  assert.equal(await socket.ended(), 1009);
  const events = await connectDevice(scene.port, await scene.phone(), 'events');
  assert.equal(await post(scene.port, String(events.heard[0]?.['session']), long), 413);
  events.close();
});

test('a session that there is not is unknown', async () => {
  assert.equal(await post(scene.port, 'nobody.knows', '{"type":"ping"}'), 404);
});

test('a handshake that does not offer the protocol, or at another path, is refused', async () => {
  assert.equal((await knock(scene.port, []))[0], 400);
  assert.equal((await knock(scene.port, ['something.else']))[0], 400);
  assert.equal((await knock(scene.port, undefined, '/local-push/events'))[0], 404);
  assert.equal((await knock(scene.port, undefined, '/metrics'))[0], 200, 'others are answered as if they had not asked for more');
  assert.equal(await get(scene.port, '/local-push'), 426);
});

test('more connections than one address may have are asked to come later, until one of them ends', async () => {
  const small = await openScene({ connectionsPerAddress: 3 });
  try {
    const devices = [await openDevice(small.port, 'websocket'), await openDevice(small.port, 'events')];
    devices.push(await openDevice(small.port, 'websocket'));
    assert.deepEqual(await knock(small.port), [429, '60']);
    assert.equal(await get(small.port, '/local-push/events'), 429);
    assert.equal(await get(small.port, '/healthz'), 200);
    const { headers } = await fetch(`http://127.0.0.1:${small.port}/local-push/events`, { signal: AbortSignal.timeout(20_000) });
    assert.equal(headers.get('retry-after'), '60');
    assert.equal(headers.get('access-control-allow-origin'), '*');
    assert.equal(headers.get('access-control-expose-headers'), 'Retry-After', 'a page on another origin may read it');
    for (const device of devices) device.close();
  } finally {
    await small.close();
  }
});

test('more connections than an instance may have are asked to come later', async () => {
  const small = await openScene({ maxConnections: 1 });
  try {
    const device = await openDevice(small.port, 'events');
    assert.deepEqual(await knock(small.port), [503, '30']);
    device.close();
    await waitFor('room again', async () => {
      const next = await openDevice(small.port, 'websocket').catch(() => undefined);
      next?.close();
      return next !== undefined;
    });
  } finally {
    await small.close();
  }
});
