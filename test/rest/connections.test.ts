import assert from 'node:assert/strict';
import { createConnection, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startApp } from '../../src/app/app.ts';
import { createLog } from '../../src/log/log.ts';
import { createFolder } from '../config/folder.ts';
import { startTestApp, type TestApp } from '../helpers/app.ts';
import { call, send } from './client.ts';

const slow = `import { setTimeout } from 'node:timers/promises';
export const methods = ['GET', 'POST'];
export default async ({ method, parameters, query, body }) => {
  if (method === 'GET') await setTimeout(300);
  return { status: 201, body: { method, parameters, q: query.get('q'), body } };
};`;

let app: TestApp;
const port = () => app.app.httpPort;
before(async () => {
  app = await startTestApp({ http: { rest: createFolder({ 'lab/echo.mjs': slow }), trustProxy: false } });
});
after(() => app.close());

test('a handler of the administrator answers beside the built-in one', async () => {
  const reply = await call({
    port: port(),
    path: '/rest/lab/echo/a%20b/c?q=1&q=2',
    headers: { 'Content-Type': 'application/json' },
    body: '[1]',
  });
  assert.deepEqual([reply.status, JSON.parse(reply.body)], [201, { method: 'POST', parameters: ['a b', 'c'], q: '1', body: [1] }]);
  assert.equal((await call({ port: port(), path: '/rest/lab/echo', method: 'PUT' })).status, 404);
  assert.equal((await call({ port: port(), path: '/unregister-device/push.test' })).status, 404);
});

test('an answer that is due is written whole before bytes that are no HTTP end the connection', async () => {
  const received = await send(port(), 'GET /rest/lab/echo HTTP/1.1\r\nHost: x\r\n\r\n\x00\x01 no HTTP\r\n\r\n');
  assert.match(received, /^HTTP\/1\.1 201 Created\r\n/);
  assert.match(received, /\{"method":"GET","parameters":\[\],"q":null\}$/);
  assert.equal(received.split('HTTP/1.1').length, 2);
});

test('connections that send nothing, half a header or half a body are ended', async () => {
  const beginnings = [
    '',
    'POST /unregister-device/push.test HTTP/1.1\r\nHo',
    'POST /unregister-device/push.test HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{',
  ];
  const sockets = beginnings.map((text) => open(text));
  const endings = await Promise.all(sockets);
  for (const [index, ending] of endings.entries()) assert.match(ending, /^(?:HTTP\/1\.1 408 .*)?$/s, beginnings[index]);
});

test('a proxy that is not trusted is noticed, once', async () => {
  const headers = { 'X-Forwarded-For': '192.0.2.1' };
  for (let n = 0; n < 3; n += 1) await call({ port: port(), path: '/unregister-device/push.test', headers });
  assert.equal(app.log.filter((line) => line.includes('proxy-not-trusted')).length, 1);
});

test('the program does not start with a handler that can not be used', async () => {
  const rest = createFolder({ 'lab/broken.js': 'throw new Error("no moon")' });
  await assert.rejects(
    startApp({ ...app.config, http: { ...app.config.http, rest } }, createLog('silent'), '0'),
    (error: AggregateError) => {
      assert.equal((error.errors[0] as Error).message, `http.rest: ${join(rest, 'lab/broken.js')}: no moon`);
      return true;
    },
  );
});

/** Writes the beginning of a request and waits for the other side to lose its patience. */
async function open(text: string): Promise<string> {
  const socket: Socket = createConnection({ host: '127.0.0.1', port: port() });
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk));
  socket.on('error', () => undefined);
  socket.write(text);
  await once(socket, 'close');
  return received;
}
