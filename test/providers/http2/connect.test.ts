import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import test from 'node:test';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { authority, createCaller } from './raw-server.ts';

test('a peer that speaks no HTTP/2 is named as such', async (context) => {
  const server = createTlsServer({ ...authority.server, ALPNProtocols: ['http/1.1'] }, (socket) => socket.on('error', () => undefined));
  server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const { request } = createCaller(context, new URL(`https://localhost:${(server.address() as AddressInfo).port}`));
  const exchange = await request();
  assert.ok(exchange.kind === 'unsent' && /cannot connect/.test(exchange.reason), JSON.stringify(exchange));
});

test('a peer that accepts connections and says nothing does not hold requests beyond their deadline', async (context) => {
  const server = createServer((socket) => context.after(() => socket.destroy())).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const { request } = createCaller(context, new URL(`https://localhost:${(server.address() as AddressInfo).port}`));
  assert.deepEqual(await request('x', 300), { kind: 'unsent', reason: 'no answer in time' });
});

const prefaceBytes = 24;
const headersFrame = 1;

/** The types of the frames a client sent, its preface left out. */
function frameTypesOf(sent: Buffer): readonly number[] {
  const types: number[] = [];
  for (let at = prefaceBytes; at + 9 <= sent.length; at += 9 + sent.readUIntBE(at, 3)) types.push(sent.readUInt8(at + 3));
  return types;
}

test('not even the first request is sent before the server told its limit', async (context) => {
  let sent = Buffer.alloc(0);
  const connected = Promise.withResolvers<TLSSocket>();
  const server = createTlsServer({ ...authority.server, ALPNProtocols: ['h2'] }, (socket) => {
    context.after(() => socket.destroy());
    socket.on('error', () => undefined).on('data', (chunk: Buffer) => (sent = Buffer.concat([sent, chunk])));
    connected.resolve(socket);
  }).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const { pool, request } = createCaller(context, new URL(`https://localhost:${(server.address() as AddressInfo).port}`));
  const underWay = request('x', 3_000);
  const socket = await connected.promise;
  while (frameTypesOf(sent).length === 0) await once(socket, 'data');
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok(!frameTypesOf(sent).includes(headersFrame));
  // An empty SETTINGS frame: no limit at all.
  socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
  while (!frameTypesOf(sent).includes(headersFrame)) await once(socket, 'data');
  socket.destroy();
  assert.equal((await underWay).kind, 'in-doubt');
  await pool.close();
});
