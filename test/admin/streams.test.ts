import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Audience } from '../../src/admin/streams/audience.ts';
import { streamPushes } from '../../src/admin/streams/push-stream.ts';
import type { Viewer } from '../../src/admin/streams/viewer.ts';
import { createServer } from '../../src/base/node/http.ts';
import { buildPseudonyms } from '../../src/log/pseudonyms.ts';
import { PushFeed } from '../../src/push/feed/push-feed.ts';
import { waitFor } from '../helpers/wait-for.ts';

const pseudonyms = buildPseudonyms('secret');
const device = { node: 'n', owner: 'anna@example.net', provider: 'p' };
const calm = { keepAliveMs: 60_000, stuckMs: 60_000 };

describe('a stream of events', () => {
  const responses: ServerResponse[] = [];
  const server = createServer((_request, response) => responses.push(response));
  const sockets = new Set<Socket>();
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
  });

  /** A client and the response to it; what it does not read stays where it is. */
  async function open(
    reads: boolean,
  ): Promise<{ readonly socket: Socket; readonly response: ServerResponse; readonly text: () => string }> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.add(socket);
    let text = '';
    socket.on('error', () => undefined);
    if (reads) socket.on('data', (chunk) => (text += chunk.toString()));
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const response = await waitFor('the request', () => responses.shift());
    return { socket, response, text: () => text };
  }

  async function isGone(viewer: Viewer): Promise<boolean> {
    return (
      (await Promise.race([viewer.closed.then(() => 'gone'), new Promise((resolve) => setTimeout(resolve, 20_000).unref())])) === 'gone'
    );
  }

  test('lets a viewer go who reads nothing, before much waits for him, and others see all', async () => {
    const audience = new Audience({ ...calm, most: 10 });
    const [stuck, well] = [await open(false), await open(true)];
    const viewer = audience.admit(stuck.response);
    audience.admit(well.response);
    const chunk = `: ${'x'.repeat(16 * 1024)}\n\n`;
    let most = 0;
    // What the system itself takes for him is bounded too: some megabytes.
    for (let n = 0; n < 5_000 && audience.size === 2; n += 1) {
      audience.send(chunk);
      most = Math.max(most, stuck.response.writableLength);
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(await isGone(viewer));
    assert.ok(most < 300 * 1024, `${most} bytes waited`);
    await waitFor('one to be left', () => audience.size === 1);
    audience.send('event: end\ndata: 1\n\n');
    await waitFor('the other to see the end', () => well.text().includes('event: end'));
    audience.close();
  });

  test('lets a viewer go who has taken nothing for too long, however little waits', async () => {
    const audience = new Audience({ keepAliveMs: 10, stuckMs: 50, most: 10 });
    const { response } = await open(false);
    const viewer = audience.admit(response);
    // Filled up to where the system takes no more, and not so far that he is let go for it.
    for (let n = 0; n < 5_000 && !viewer.isBehind; n += 1) {
      audience.send(`: ${'x'.repeat(16 * 1024)}\n\n`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(await isGone(viewer));
    assert.equal(audience.size, 0);
  });

  test('gives signs of life to a viewer for whom nothing happens', async () => {
    const audience = new Audience({ keepAliveMs: 10, stuckMs: 60_000, most: 10 });
    const { response, text } = await open(true);
    audience.admit(response);
    await waitFor('two comments', () => text().split(': here').length > 2);
    audience.close();
  });

  test('of pushes leaves out what is too much, and says how many steps', async () => {
    const feed = new PushFeed();
    const { response, text } = await open(true);
    streamPushes(feed, new Audience({ ...calm, most: 10 }), response, {}, pseudonyms);
    assert.ok(feed.isFollowed);
    for (let n = 0; n < 2_000; n += 1) feed.tell({ id: String(n), device, step: 'decision', decision: 'try' });
    await waitFor('the number', () => text().includes('event: dropped'));
    const shown = text().split('event: push').length - 1;
    const left = Number(/event: dropped\ndata: \{"count":(\d+)\}/.exec(text())?.[1]);
    // A second may have ended between.
    assert.ok(shown <= 1_000 && shown + left === 2_000, `${shown} shown, ${left} left out`);
    response.destroy();
    await waitFor('nobody to follow', () => !feed.isFollowed);
  });

  test('of pushes with one outcome shows what led to it, remembers not all that never comes to one', async () => {
    const feed = new PushFeed();
    const { response, text } = await open(true);
    streamPushes(feed, new Audience({ ...calm, most: 10 }), response, { outcome: 'gone' }, pseudonyms);
    feed.tell({ id: 'first', device, step: 'publish', kind: 'message' });
    feed.tell({ id: 'second', device, step: 'publish', kind: 'call' });
    feed.tell({ id: 'first', device, step: 'outcome', outcome: 'accepted' });
    feed.tell({ id: 'second', device, step: 'decision', decision: 'try' });
    feed.tell({ id: 'second', device, step: 'outcome', outcome: 'gone', reason: 'anna@example.net is away', ms: 12.345 });
    await waitFor('three events', () => text().split('event: push').length === 4);
    assert.ok(!text().includes('first') && !text().includes('anna@'));
    assert.match(text(), new RegExp(`"reason":"${pseudonyms.jid('anna@example.net')} is away"`));
    assert.match(text(), /"ms":12\.3/);
    response.destroy();
  });
});
