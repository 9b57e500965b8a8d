import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { createPool } from '../../providers/http2/pool.ts';
import { never } from './kit.ts';
import { accept, authority, createRawServer } from './raw-server.ts';

const user = 'büro';
const password = 'pa@ss/wörd:1';
const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** An HTTP CONNECT proxy that wants user and password. */
async function createProxy(context: TestContext, isSilent = false) {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const proxy = createServer();
  proxy.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)));
  proxy.on('connect', (request: IncomingMessage, near: Socket, head: Buffer) => {
    asked.push(request.url ?? '');
    if (isSilent) return;
    if (request.headers['proxy-authorization'] !== expected) return void near.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const far = connect(Number(port), host, () => {
      near.write('HTTP/1.1 200 OK\r\n\r\n');
      far.write(head);
      far.pipe(near).pipe(far);
    });
    sockets.add(far.on('error', () => near.destroy()));
  });
  proxy.listen(0, '127.0.0.1');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  await once(proxy, 'listening');
  return { asked, port: (proxy.address() as AddressInfo).port, open: () => [...sockets].filter((socket) => !socket.destroyed).length };
}

function createCaller(context: TestContext, origin: URL, proxy: string) {
  const lines: string[] = [];
  const note = (event: string, fields: unknown) => void lines.push(`${event} ${JSON.stringify(fields)}`);
  const pool = createPool({ origin, ca: authority.ca, proxies: [new URL(proxy)] }, { debug: note, warn: note });
  context.after(() => pool.close());
  const headers = [':method', 'POST', ':path', '/x'];
  return { lines, request: (limitMs = 20_000) => pool.request({ headers, body: 'x', deadline: Date.now() + limitMs, signal: never }) };
}

test('a request goes through an HTTP CONNECT proxy, user and password decoded', async (context) => {
  const { origin } = await createRawServer(context, accept);
  const { port, asked } = await createProxy(context);
  const caller = createCaller(context, origin, `http://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}`);
  assert.equal((await caller.request()).kind, 'answered');
  // Once without authorization, to hear what the proxy wants.
  assert.deepEqual(asked, [`localhost:${origin.port}`, `localhost:${origin.port}`]);
});

test('a proxy that refuses is named, its password is not shown, and no connection to it is left', async (context) => {
  const { origin } = await createRawServer(context, accept);
  const proxy = await createProxy(context);
  const caller = createCaller(context, origin, `http://nobody:hidden-word@127.0.0.1:${proxy.port}`);
  const exchange = await caller.request();
  assert.ok(
    exchange.kind === 'unsent' && exchange.reason.includes(`proxy 127.0.0.1:${proxy.port}`) && exchange.reason.includes('407'),
    JSON.stringify(exchange),
  );
  assert.doesNotMatch(JSON.stringify(exchange) + caller.lines.join(), /hidden-word|nobody/);
  while (proxy.open() > 0) await new Promise((resolve) => setTimeout(resolve, 10));
});

test('a proxy that accepts and stays silent does not hold a request beyond its deadline', async (context) => {
  const { origin } = await createRawServer(context, accept);
  const { port } = await createProxy(context, true);
  const caller = createCaller(context, origin, `http://127.0.0.1:${port}`);
  assert.deepEqual(await caller.request(300), { kind: 'unsent', reason: 'no answer in time' });
});

test('a proxy out of reach is worth another try', async (context) => {
  const { origin } = await createRawServer(context, accept);
  const proxy = await createProxy(context);
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, 'close');
  const exchange = await createCaller(context, origin, `http://127.0.0.1:${port}`).request();
  assert.ok(exchange.kind === 'unsent' && exchange.reason.includes('ECONNREFUSED'), JSON.stringify(exchange));
  assert.deepEqual(proxy.asked, []);
});
