import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { constants, type ClientHttp2Session } from 'node:http2';
import { TLSSocket } from 'node:tls';
import { describe, test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { buildJob } from '../../../../providers/http2/exchange.ts';
import { Outflow } from '../../../../providers/http2/session/outflow.ts';
import { Session } from '../../../../providers/http2/session/session.ts';
import { never } from '../../kit.ts';

/** A way that is blocked, on a clock that stands: no look by timer comes. */
async function createBlocked(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const seen = { looks: 0, opened: 0 };
  const state = { outboundQueueSize: 3, remoteWindowSize: 65_535 };
  const http2 = {
    destroyed: false,
    request: () => ({ end: () => undefined }),
    get state() {
      seen.looks += 1;
      return state;
    },
  };
  const outflow = new Outflow(http2 as unknown as ClientHttp2Session, () => (seen.opened += 1));
  outflow.write({ headers: [], body: 'a push' });
  await nextTurn();
  assert.deepEqual([outflow.isOpen, seen], [false, { looks: 1, opened: 0 }]);
  return { outflow, state, http2, seen };
}

describe('a blocked way to a push service', () => {
  test('is open again when an answer comes after its frames have left', async (context) => {
    const { outflow, state, seen } = await createBlocked(context);
    state.outboundQueueSize = 0;
    outflow.heard();
    await nextTurn();
    assert.deepEqual([outflow.isOpen, seen.opened], [true, 1]);
  });

  test('is looked at once for all answers of a turn', async (context) => {
    const { outflow, seen } = await createBlocked(context);
    for (let answer = 0; answer < 100; answer += 1) outflow.heard();
    await nextTurn();
    assert.deepEqual([outflow.isOpen, seen.looks], [false, 2]);
    outflow.heard();
    await nextTurn();
    assert.equal(seen.looks, 3);
  });

  test('is not looked at where it is open, or its connection gone', async (context) => {
    const { outflow, state, http2, seen } = await createBlocked(context);
    http2.destroyed = true;
    outflow.heard();
    await nextTurn();
    assert.equal(seen.looks, 1);
    http2.destroyed = false;
    state.outboundQueueSize = 0;
    outflow.heard();
    await nextTurn();
    outflow.heard();
    await nextTurn();
    assert.equal(seen.looks, 2);
  });

  test('takes the next push when one before it is answered', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const stream = Object.assign(new EventEmitter(), { end: () => undefined, resume: () => undefined });
    const state = { outboundQueueSize: 3, remoteWindowSize: 65_535 };
    const http2 = Object.assign(new EventEmitter(), { state, remoteSettings: {}, request: () => stream });
    const ignore = () => undefined;
    const owner = {
      onRoom: ignore,
      onReturned: ignore,
      onDoubt: ignore,
      onFirstAnswer: ignore,
      onSilent: ignore,
      onGoaway: ignore,
      onClosed: ignore,
    };
    const endpoint = { origin: new URL('https://push.example.org') };
    const session = new Session(http2 as unknown as ClientHttp2Session, new TLSSocket(new Socket()), owner, endpoint);
    assert.ok(session.send(buildJob({ headers: [], body: 'a push', deadline: Infinity, signal: never }, ignore)));
    await nextTurn();
    assert.equal(session.room, 0);
    state.outboundQueueSize = 0;
    stream.emit('response', { ':status': 200 }, constants.NGHTTP2_FLAG_END_STREAM);
    stream.emit('close');
    await nextTurn();
    assert.equal(session.room, 500);
  });
});
