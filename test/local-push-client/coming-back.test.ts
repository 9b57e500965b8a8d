import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { connectLocalPush } from '../../src/local-push-client/local-push.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { buildPush, openConnected, openScene } from './scene.ts';
import { node, secret } from './scripted-server.ts';

/** Nobody waits that long: what should come back later than the test lasts. */
const longMs = 1_000_000;
/** Of a server that answers at once on a machine with other work; where it took longer all the same the next connection serves. */
const answerLimitMs = 300;

for (const transport of ['websocket', 'events'] as const) {
  describe(`over ${transport}`, () => {
    for (const [code, reason] of [
      [4400, 'not-understood'],
      [4401, 'registration-gone'],
      [4409, 'replaced'],
      [1009, 'not-understood'],
    ] as const) {
      test(`${code} stops it for good: ${reason}`, async () => {
        await using scene = await openConnected(transport);
        scene.peer.end(code);
        assert.deepEqual(await scene.state('stopped'), { kind: 'stopped', reason });
        scene.line.reconnect();
        assert.deepEqual(scene.line.state, { kind: 'stopped', reason });
        assert.equal(scene.server.tries.length, 1);
      });
    }

    test('a refused proof stops it: registration-gone', async () => {
      await using scene = await openScene({ transports: [transport], secret: 'a-wrong-one' });
      const peer = await scene.server.peer(1);
      peer.send({ type: 'challenge', nonce: 'n', session: 's1' });
      await peer.message('prove');
      peer.end(4401);
      assert.deepEqual(await scene.state('stopped'), { kind: 'stopped', reason: 'registration-gone' });
    });

    test('a server that stops says when to come back', async () => {
      await using scene = await openConnected(transport);
      scene.peer.send({ type: 'goodbye', code: 1012, reason: 'the server is stopping', afterMs: 7 });
      scene.peer.end(1012);
      assert.deepEqual(await scene.state('waiting'), { kind: 'waiting', forMs: 7, code: 1012 });
      await (await scene.server.peer(2)).welcome();
      await scene.state('connected', 2);
    });

    test('a connection that is cut is made anew', async () => {
      await using scene = await openConnected(transport);
      scene.peer.end();
      const next = await scene.server.peer(2);
      await next.welcome();
      assert.equal(next.transport, transport);
      next.send(buildPush('p1'));
      await next.message('ack');
    });

    test('a connection that is silent is asked, then left for a new one', async () => {
      await using scene = await openScene({ transports: [transport], answerLimitMs });
      scene.server.onPeer = (peer) => peer.welcome(0.02);
      const left = await waitFor('one that was asked and left', () =>
        scene.server.peers.find(({ received, closed }) => closed !== undefined && received.some(({ type }) => type === 'ping')),
      );
      assert.deepEqual(await left.message('ping'), { type: 'ping' });
      await scene.server.peer(scene.server.peers.indexOf(left) + 2);
    });

    test('a connection that answers pings is kept', async () => {
      await using scene = await openScene({ transports: [transport] });
      const peer = await scene.server.peer(1);
      await peer.welcome(0.01);
      for (let ping = 1; ping <= 5; ping += 1) {
        await peer.message('ping', ping);
        peer.send({ type: 'pong' });
      }
      assert.deepEqual([peer.closed, scene.server.tries.length], [undefined, 1]);
    });

    test('a server that never answers the proof is left', async () => {
      await using scene = await openScene({ transports: [transport], answerLimitMs });
      scene.server.onPeer = (peer, number) => peer.send({ type: 'challenge', nonce: 'n', session: `s${number}` });
      const left = await waitFor('one that has proven and left', () =>
        scene.server.peers.find(({ received, closed }) => closed !== undefined && received.length > 0),
      );
      assert.deepEqual(
        left.received.map(({ type }) => type),
        ['prove'],
      );
      await scene.server.peer(scene.server.peers.indexOf(left) + 2);
    });

    test('what is not JSON ends the connection', async () => {
      await using scene = await openConnected(transport);
      scene.peer.sendRaw(transport === 'events' ? 'data: <html>\n\n' : '<html>');
      await scene.server.peer(2);
      await waitFor('the end of the first', () => scene.peer.closed !== undefined);
    });

    test('close() ends the connection, and nothing is called any more', async () => {
      await using scene = await openConnected(transport);
      scene.line.close();
      await waitFor('the end of the connection', () => scene.peer.closed !== undefined);
      assert.deepEqual(scene.line.state, { kind: 'stopped', reason: 'closed' });
      scene.line.close();
      assert.equal(scene.states.filter(({ kind }) => kind === 'stopped').length, 1);
      assert.equal(scene.server.tries.length, 1);
    });

    test('reconnect() leaves the connection for a new one at once', async () => {
      await using scene = await openConnected(transport, { firstWaitMs: longMs, longestWaitMs: longMs });
      scene.line.reconnect();
      await (await scene.server.peer(2)).welcome();
      await scene.state('connected', 2);
      await waitFor('the end of the first', () => scene.peer.closed !== undefined);
    });
  });
}

test('WebSocket: without a word of farewell the close code counts, and the app is told it', async () => {
  await using scene = await openConnected('websocket');
  scene.peer.end(4408);
  const { code, forMs } = await scene.state('waiting');
  assert.equal(code, 4408);
  assert.ok(forMs <= 1, `${forMs}`);
});

for (const refusal of ['cut', 'silent', { status: 400 }, { status: 200 }] as const) {
  const what = typeof refusal === 'string' ? refusal : `answered ${refusal.status}`;
  test(`where a WebSocket is ${what}, server-sent events are tried, without waiting`, async () => {
    const longest = { firstWaitMs: longMs, longestWaitMs: longMs, answerLimitMs: refusal === 'silent' ? 2_000 : 20_000 };
    await using scene = await openScene(longest, ({ refuse }) => (refuse.websocket = refusal));
    const peer = await scene.server.peer(1);
    assert.equal(peer.transport, 'events');
    await peer.welcome();
    peer.send(buildPush('p1'));
    await peer.message('ack');
    assert.deepEqual(scene.server.tries, ['websocket', 'events']);
    assert.deepEqual(
      scene.states.map(({ kind }) => kind),
      ['connecting', 'connecting', 'connected'],
    );
  });
}

test('where both ways are closed it waits, ever longer, up to the longest, and connects when a way opens', async () => {
  const random = mock.method(Math, 'random', () => 1);
  try {
    await using scene = await openScene({ longestWaitMs: 8 }, ({ refuse }) => (refuse.websocket = refuse.events = 'cut'));
    await scene.state('waiting', 6);
    const waits = scene.states.filter((state) => state.kind === 'waiting').map(({ forMs }) => forMs);
    assert.deepEqual(waits.slice(0, 6), [1, 2, 4, 8, 8, 8]);
    delete scene.server.refuse.websocket;
    await (await scene.server.peer(1)).welcome();
    assert.deepEqual((await scene.state('connected')).transport, 'websocket');
  } finally {
    random.mock.restore();
  }
});

test('after a connection of more than a minute the waits are short again, and WebSockets are tried first', async () => {
  const random = mock.method(Math, 'random', () => 1);
  try {
    await using scene = await openScene({ longestWaitMs: 1_000 }, ({ refuse }) => (refuse.websocket = refuse.events = 'cut'));
    await scene.state('waiting', 4);
    delete scene.server.refuse.events;
    const peer = await scene.server.peer(1);
    await peer.welcome();
    const before = scene.states.filter(({ kind }) => kind === 'waiting').length;
    await scene.state('connected');
    const now = performance.now() + 61_000;
    const clock = mock.method(performance, 'now', () => now);
    delete scene.server.refuse.websocket;
    peer.end();
    const { forMs } = await scene.state('waiting', before + 1).finally(() => clock.mock.restore());
    assert.equal(forMs, 1);
    assert.equal((await scene.server.peer(2)).transport, 'websocket');
  } finally {
    random.mock.restore();
  }
});

test('a server that has too much says when to come back, and is not asked by the other way', async () => {
  const headers = { 'retry-after': '7' };
  await using scene = await openScene({}, ({ refuse }) => {
    refuse.websocket = { status: 429 };
    refuse.events = { status: 429, headers };
  });
  assert.deepEqual(await scene.state('waiting'), { kind: 'waiting', forMs: 7_000, code: 429 });
  assert.deepEqual(scene.server.tries, ['websocket', 'events']);
});

test('where local push is switched off it asks again after a day', async () => {
  const closed = { status: 404 };
  await using scene = await openScene({}, ({ refuse }) => (refuse.websocket = refuse.events = closed));
  assert.deepEqual(await scene.state('waiting'), { kind: 'waiting', forMs: 86_400_000, code: 404 });
});

test('a page of a captive portal is no server', async () => {
  const html = { status: 200, headers: { 'content-type': 'text/html' } };
  await using scene = await openScene({ transports: ['events'] }, ({ refuse }) => (refuse.events = html));
  assert.equal((await scene.state('waiting')).code, 0);
});

test('a session that another instance does not know is begun anew', async () => {
  await using scene = await openConnected('events');
  scene.server.refuse.posts = 404;
  scene.peer.send(buildPush('p1'));
  await waitFor('the end of the first', () => scene.peer.closed !== undefined);
  delete scene.server.refuse.posts;
  const next = await scene.server.peer(2);
  await next.welcome();
  next.send(buildPush('p1'));
  await next.message('ack');
  assert.equal(scene.shown.length, 1);
});

test('an event without end is cut off', async () => {
  await using scene = await openConnected('events');
  scene.peer.sendRaw(`data: ${'x'.repeat(70_000)}`);
  await waitFor('the end of the connection', () => scene.peer.closed !== undefined);
});

test('the network is back (online): it tries at once instead of waiting', async () => {
  const listeners = new Map<string, () => void>();
  const globals = globalThis as { addEventListener?: unknown; removeEventListener?: unknown };
  globals.addEventListener = (type: string, listener: () => void) => listeners.set(type, listener);
  globals.removeEventListener = (type: string) => listeners.delete(type);
  try {
    const longest = { firstWaitMs: longMs, longestWaitMs: longMs };
    await using scene = await openScene(longest, ({ refuse }) => (refuse.websocket = refuse.events = 'cut'));
    await scene.state('waiting');
    delete scene.server.refuse.websocket;
    listeners.get('online')?.();
    await (await scene.server.peer(1)).welcome();
    scene.line.close();
    assert.equal(listeners.size, 0);
  } finally {
    delete globals.addEventListener;
    delete globals.removeEventListener;
  }
});

test('close() while it waits, and while it connects: nobody is called any more', async () => {
  const longest = { firstWaitMs: longMs, longestWaitMs: longMs };
  await using waiting = await openScene(longest, ({ refuse }) => (refuse.websocket = refuse.events = 'cut'));
  await waiting.state('waiting');
  waiting.line.close();
  assert.deepEqual(waiting.states.at(-1), { kind: 'stopped', reason: 'closed' });
  await using connecting = await openScene();
  connecting.line.close();
  assert.deepEqual(
    connecting.states.map(({ kind }) => kind),
    ['connecting', 'stopped'],
  );
});

test('an onState that throws disturbs nothing but itself', async () => {
  const errors: unknown[] = [];
  const onState = () => {
    throw new Error('a bug in the app');
  };
  await using scene = await openScene({ onState, onError: (error) => errors.push(error) });
  const peer = await scene.server.peer(1);
  await peer.welcome();
  peer.send(buildPush('p1'));
  await peer.message('ack');
  assert.equal(errors.length, 2);
});

test('options that can never work are refused at once, in words, without the secret', () => {
  const onPush = () => undefined;
  const refused = (options: { url?: string; node?: string; secret?: string }) =>
    connectLocalPush({ url: 'wss://push.example.org/local-push', node, secret, onPush, ...options });
  assert.throws(() => refused({ url: '/local-push' }), /url is "\/local-push"; it begins with https:\/\/ or wss:\/\//);
  assert.throws(() => refused({ node: '' }), /node and secret are what the registration returned/);
  assert.throws(() => refused({ secret: '' }), /node and secret are what the registration returned/);
});
