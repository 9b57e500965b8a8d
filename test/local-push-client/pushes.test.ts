import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { prove } from '../../src/local-push-client/prove.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { buildPush, openConnected } from './scene.ts';
import { node, secret } from './scripted-server.ts';

test('the proof is the one of the example in docs/local-push-protocol.md', async () => {
  const proof = await prove(secret, node, 'k0Jx8vQ2rT5uW7yA1cE3gI6kM9oQ0sU2wY4aC6eG8iK');
  assert.equal(proof, 'YjJE9NKEjEnK8Q4w-vlFrSwjQs8XGrsB0ErnPCbGjxY');
});

for (const transport of ['websocket', 'events'] as const) {
  describe(`over ${transport}`, () => {
    test('a push is handed to the app as it came, and acknowledged', async () => {
      await using scene = await openConnected(transport);
      const payload = { account: 'zoë@example.net', body: '⏰ — “später”', 'unread-messages': 2 };
      scene.peer.send(buildPush('p1', { payload, ofLaterVersions: true }));
      assert.deepEqual(await scene.peer.message('ack'), { type: 'ack', id: 'p1' });
      assert.deepEqual(scene.shown, [{ id: 'p1', kind: 'message', expiresInMs: 60_000, payload }]);
      assert.deepEqual(scene.line.state, { kind: 'connected', transport });
    });

    test('a push that comes again is acknowledged again and shown once', async () => {
      await using scene = await openConnected(transport);
      scene.peer.send(buildPush('p1'));
      scene.peer.send(buildPush('p1'));
      await scene.peer.message('ack', 2);
      assert.deepEqual(
        scene.shown.map(({ id }) => id),
        ['p1'],
      );
    });

    test('a push that comes again over the next connection is shown once', async () => {
      await using scene = await openConnected(transport);
      scene.peer.send(buildPush('p1'));
      await scene.peer.message('ack');
      scene.peer.end();
      const next = await scene.server.peer(2);
      await next.welcome();
      next.send(buildPush('p1'));
      next.send(buildPush('p2'));
      await next.message('ack', 2);
      assert.deepEqual(
        scene.shown.map(({ id }) => id),
        ['p1', 'p2'],
      );
    });

    test('a ping is answered, and a message of a later version is ignored', async () => {
      await using scene = await openConnected(transport);
      scene.peer.send({ type: 'of a later version' });
      scene.peer.send({ type: 'ping' });
      assert.deepEqual(await scene.peer.message('pong'), { type: 'pong' });
      assert.equal(scene.peer.closed, undefined);
    });
  });
}

test('a push that the app could not take is not acknowledged, and shown when it comes again', async () => {
  let tries = 0;
  const onPush = () => {
    tries += 1;
    if (tries === 1) throw new Error('no room');
  };
  await using scene = await openConnected('websocket', { onPush });
  scene.peer.send(buildPush('p1'));
  await waitFor('the complaint', () => scene.errors.length === 1);
  scene.peer.send({ type: 'ping' });
  await scene.peer.message('pong');
  assert.deepEqual(
    scene.peer.received.map(({ type }) => type),
    ['prove', 'pong'],
  );
  scene.peer.send(buildPush('p1'));
  assert.deepEqual(await scene.peer.message('ack'), { type: 'ack', id: 'p1' });
  assert.deepEqual([tries, scene.errors.length], [2, 1]);
});

test('a push is acknowledged when the promise of the app resolves, not before, and not shown a second time meanwhile', async () => {
  const done = Promise.withResolvers<undefined>();
  let tries = 0;
  const onPush = (): Promise<undefined> => {
    tries += 1;
    return done.promise;
  };
  await using scene = await openConnected('websocket', { onPush });
  scene.peer.send(buildPush('p1'));
  scene.peer.send(buildPush('p1'));
  scene.peer.send({ type: 'ping' });
  await scene.peer.message('pong');
  assert.equal(tries, 1);
  assert.equal(
    scene.peer.received.some(({ type }) => type === 'ack'),
    false,
  );
  done.resolve(undefined);
  await scene.peer.message('ack', 2);
  assert.equal(tries, 1);
});

test('a push that came through the push service first is acknowledged and not shown', async () => {
  await using scene = await openConnected('websocket');
  assert.equal(scene.line.isKnown('call-1'), false);
  assert.equal(scene.line.isKnown('call-1'), true);
  scene.peer.send(buildPush('call-1', { kind: 'call' }));
  assert.deepEqual(await scene.peer.message('ack'), { type: 'ack', id: 'call-1' });
  assert.deepEqual(scene.shown, []);
});

test('what came over the line is known when it comes through the push service', async () => {
  await using scene = await openConnected('websocket');
  scene.peer.send(buildPush('call-1', { kind: 'call' }));
  await scene.peer.message('ack');
  assert.equal(scene.line.isKnown('call-1'), true);
});

test('the latest thousand ids are remembered, and no more', async () => {
  await using scene = await openConnected('websocket');
  for (let id = 0; id < 1_001; id += 1) assert.equal(scene.line.isKnown(`p${id}`), false);
  assert.equal(scene.line.isKnown('p1'), true);
  assert.equal(scene.line.isKnown('p0'), false);
});

test('events that arrive in pieces of three bytes, with comments and CRLF, are read as sent', async () => {
  await using scene = await openConnected('events');
  const push = buildPush('p1', { payload: { body: '⏰ Grüße' } });
  const bytes = new TextEncoder().encode(`: a comment\r\n\r\nevent: message\r\ndata: ${JSON.stringify(push)}\r\n\r\n`);
  for (let at = 0; at < bytes.length; at += 3) {
    scene.peer.sendRaw(bytes.subarray(at, at + 3));
    // A turn of the event loop, so that they are packets.
    await new Promise(setImmediate);
  }
  await scene.peer.message('ack');
  assert.deepEqual(scene.shown[0]?.payload, { body: '⏰ Grüße' });
});
