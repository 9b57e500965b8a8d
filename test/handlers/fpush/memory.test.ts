import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { steadyNow } from '../../../src/base/clock.ts';
import { DeadTokens } from '../../../src/handlers/dialects/stateless/dead-tokens.ts';
import { Windows, type WindowsOptions } from '../../../src/handlers/dialects/fpush/windows.ts';
import { createRefusals } from '../../../src/registry/devices/refusals.ts';
import { emptyNotification } from '../../../src/index.ts';
import { waitFor } from '../../helpers/wait-for.ts';

type Sendable = Parameters<WindowsOptions['send']>[1];

function buildPush(expiresInMs = 60_000): Sendable {
  const device = {
    node: 'n',
    owner: 'example.net',
    provider: 'apns',
    token: 'n',
    secondToken: undefined,
    secret: undefined,
    note: undefined,
    registeredAt: new Date(0),
  };
  return { id: randomUUID(), device, notification: emptyNotification, expiresAt: new Date(steadyNow() + expiresInMs) };
}

const hourMs = 3_600_000;
const sendAll = () => Promise.resolve(true);

describe('windows', () => {
  test('never number more than they may; whoever finds no place goes out at once', () => {
    const windows = new Windows({ intervalMs: hourMs, send: sendAll, most: 1_000 });
    for (let token = 0; token < 20_000; token += 1) assert.equal(windows.enter(`t${token}`, buildPush()), 'now');
    assert.equal(windows.size, 1_000);
    assert.equal(windows.enter('t0', buildPush()), 'waits');
    assert.equal(windows.enter('t19999', buildPush()), 'now');
    assert.equal(windows.waiting, 1);
  });

  test('that are over make room for others', async () => {
    const windows = new Windows({ intervalMs: 20, send: sendAll, most: 100 });
    for (let token = 0; token < 100; token += 1) windows.enter(`t${token}`, buildPush());
    await waitFor('the windows to end', () => windows.size === 0);
  });

  test('keep the newest push', async () => {
    const sent: string[] = [];
    const windows = new Windows({ intervalMs: hourMs, send: async (_key, { id }) => sent.push(id) > 0 });
    const [first, second, third] = [buildPush(), buildPush(), buildPush()];
    assert.deepEqual([windows.enter('t', first), windows.enter('t', second), windows.enter('t', third)], ['now', 'waits', 'replaced']);
    assert.equal(await windows.drain(1_000), 0);
    assert.deepEqual(sent, [third.id]);
    assert.equal(windows.enter('t', buildPush()), 'now');
  });

  test('try a push that waited again until it is taken', async () => {
    const tries: string[] = [];
    const windows = new Windows({ intervalMs: 20, send: async (_key, { id }) => tries.push(id) === 3 });
    const waiting = buildPush();
    windows.enter('t', buildPush());
    windows.enter('t', waiting);
    await waitFor('three tries', () => tries.length === 3 && windows.size === 0);
    assert.deepEqual(tries, [waiting.id, waiting.id, waiting.id]);
    assert.equal(windows.waiting, 0);
  });

  test('have a place for a push that waited and failed, though others took all of them meanwhile', async () => {
    const most = 50;
    const underWay = new Map<string, (isOver: boolean) => void>();
    const send: WindowsOptions['send'] = (key) => new Promise((resolve) => underWay.set(key, resolve));
    const windows = new Windows({ intervalMs: 20, send, most });
    const tokens = Array.from({ length: most }, (_, number) => `t${number}`);
    for (const token of tokens) windows.enter(token, buildPush());
    for (const token of tokens) assert.equal(windows.enter(token, buildPush()), 'waits');
    await waitFor('all to be on their way for longer than a window', () => underWay.size === most && windows.size === 0);
    for (const token of tokens) windows.enter(`other ${token}`, buildPush());
    const failed = [...underWay.values()];
    underWay.clear();
    for (const fail of failed) fail(false);
    await waitFor('the next try of each', () => underWay.size === most);
    for (const succeed of underWay.values()) succeed(true);
    await waitFor('the end', () => windows.size + windows.waiting === 0);
  });

  test('let a push go that is worthless by now', async () => {
    let tries = 0;
    const windows = new Windows({ intervalMs: 20, send: () => Promise.reject(new Error(`try ${(tries += 1)}`)) });
    windows.enter('t', buildPush());
    windows.enter('t', buildPush(60));
    await waitFor('the end', () => windows.size === 0 && windows.waiting === 0);
    assert.ok(tries > 0);
  });

  test('at the end: all that waits goes out, a few hundred at once, and what hangs is cut off and counted', async () => {
    let [most, underWay] = [0, 0];
    const send: WindowsOptions['send'] = async (key, _push, signal) => {
      most = Math.max(most, (underWay += 1));
      if (key === 't7') await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      else await Promise.resolve();
      underWay -= 1;
      return key !== 't7';
    };
    const windows = new Windows({ intervalMs: hourMs, send });
    for (let token = 0; token < 1_000; token += 1) {
      windows.enter(`t${token}`, buildPush());
      windows.enter(`t${token}`, buildPush());
    }
    assert.equal(windows.waiting, 1_000);
    assert.equal(await windows.drain(200), 1);
    assert.ok(most <= 200);
    assert.equal(windows.waiting + windows.size, 0);
  });
});

test('dead tokens are remembered up to a number, the one nobody asks for goes first', () => {
  const dead = new DeadTokens(1_000);
  for (let token = 0; token < 20_000; token += 1) {
    dead.add(`t${token}`);
    dead.has('t0');
  }
  assert.equal(dead.size, 1_000);
  assert.ok(dead.has('t0') && dead.has('t19999') && !dead.has('t1'));
});

test('dead tokens get another chance after their time', async () => {
  const dead = new DeadTokens(10, 20);
  dead.add('t');
  await waitFor('the end', () => !dead.has('t'));
});

test('any number of unknown tokens pushes out no refusal of a node of ours', () => {
  const refusals = createRefusals();
  refusals.add('a-node-of-ours', 'example.net');
  for (let token = 0; token < 120_000; token += 1) refusals.add(String(token).padStart(64, '0'), 'example.net');
  assert.ok(refusals.has('a-node-of-ours', 'example.net'));
  assert.ok(!refusals.has('0'.repeat(64), 'example.net'));
  assert.ok(refusals.has('119999'.padStart(64, '0'), 'example.net'));
  refusals.clear();
  assert.ok(!refusals.has('a-node-of-ours', 'example.net'));
  assert.ok(!refusals.has('119999'.padStart(64, '0'), 'example.net'));
});
