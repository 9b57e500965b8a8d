import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { createServer } from '../../src/base/node/http.ts';
import { startTestApp } from '../helpers/app.ts';
import { createScene, logProvider } from './scene.ts';

test('a port that somebody else has fails, with who is to go', async (context) => {
  const server = createServer((_, response) => response.end('<html>Hello</html>')).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const examination = await createScene(context, { http: `127.0.0.1:${port}` }).examine();
  const { verdict, found, advice } = examination.step('HTTP port');
  assert.deepEqual([examination.exitCode, verdict, found], [1, 'failed', 'another program has the port; it is no Reveille']);
  assert.match(advice ?? '', /http\.listen/);
});

test('an address that is not of this machine is told', async (context) => {
  const examination = await createScene(context, { http: '192.0.2.1:5281' }).examine();
  assert.match(examination.step('HTTP port').found, /no address of this machine/);
});

test('a running Reveille is recognised, believed about its link, and neither its place nor its database is touched', async (context) => {
  const running = await startTestApp();
  context.after(() => running.close());
  const { server, config, app } = running;
  const examination = await createScene(context, {
    server: `127.0.0.1:${server.port}`,
    http: `127.0.0.1:${app.httpPort}`,
    database: '',
    providers: config.providers.map(({ id }) => `[providers.${JSON.stringify(id)}]\nuse = "log"\n`).join(''),
  }).examine();
  assert.match(examination.step('HTTP port').found, /^Reveille is running; component: ok; database: ok/);
  assert.match(examination.step('XMPP server: component').tried ?? '', /ask the running Reveille/);
  assert.equal(examination.step('XMPP server: component').verdict, 'ok');
  assert.equal(examination.step('XMPP server: routing').verdict, 'skipped');
  // One connection of the program, one that only tried the port and said nothing.
  assert.deepEqual(
    server.peers.map(({ text, isClosed }) => [text.includes('<stream:stream'), isClosed]),
    [
      [true, false],
      [false, true],
    ],
  );
});

test('a Reveille with other providers is a warning, and not taken for ours', async (context) => {
  const running = await startTestApp();
  context.after(() => running.close());
  const examination = await createScene(context, { http: `127.0.0.1:${running.app.httpPort}` }).examine();
  const { verdict, found } = examination.step('HTTP port');
  assert.equal(verdict, 'warning');
  assert.match(found, /a Reveille with other providers/);
});

test('a status page that other machines reach is a warning with what to do; one whose port somebody else has fails', async (context) => {
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const page = (listen: string) => `${logProvider}[admin]\nlisten = "${listen}"\ntoken = "sixteen-characters-or-more"\n`;
  const exposed = await createScene(context, { providers: page('0.0.0.0:0') }).examine();
  const { verdict, found, advice = '' } = exposed.step('status page');
  assert.deepEqual(
    [verdict, /other machines reach 0\.0\.0\.0, and there is no TLS/.test(found), /ssh -L/.test(advice)],
    ['warning', true, true],
  );
  const taken = await createScene(context, { providers: page(`127.0.0.1:${port}`) }).examine();
  assert.deepEqual([taken.step('status page').verdict, taken.step('status page').found], ['failed', 'another program has the port']);
  assert.ok(!`${exposed.output}${taken.output}`.includes('sixteen-characters'));
});
