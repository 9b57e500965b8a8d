import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import type { Element } from '@xmpp/xml';
import { startXmppServer, type XmppPeer } from '../helpers/xmpp-server.ts';
import { examineConnection } from '../../src/doctor/xmpp/connection.ts';
import { createBlackHole } from './black-hole.ts';
import { componentSecret, createScene, createServer, type Examination } from './scene.ts';

const title = 'XMPP server: component';

/** Examines against a server that does as told with the component's stream. */
async function examineAgainst(context: TestContext, play: (peer: XmppPeer) => Promise<void>): Promise<Examination> {
  const server = await startXmppServer({ play: 'script' });
  context.after(() => server.close());
  const examining = createScene(context, { server: `127.0.0.1:${server.port}` }).examine();
  // The first connection only tries the port.
  await play(await server.peer(2));
  return examining;
}

function assertFailed(examination: Examination, found: RegExp, advice: RegExp): void {
  const step = examination.step(title);
  assert.deepEqual([examination.exitCode, step.verdict], [1, 'failed'], examination.output);
  assert.match(step.found, found);
  assert.match(step.advice ?? '', advice);
  for (const rest of ['XMPP server: routing', 'XMPP server: outage']) {
    assert.deepEqual(examination.step(rest).verdict, 'skipped');
    assert.match(examination.step(rest).found, /did not take the component/);
  }
}

test('a wrong secret is named, and neither of the two is shown', async (context) => {
  const server = await createServer(context, 'the-right-secret');
  const examination = await createScene(context, { server: `127.0.0.1:${server.port}` }).examine();
  assertFailed(examination, /^not-authorized: the server refuses the secret/, /component\.secret/);
  assert.ok(!examination.output.includes(componentSecret));
});

test('a server that closes the connection at a wrong secret without a word is understood', async (context) => {
  const examination = await examineAgainst(context, async (peer) => {
    await peer.until(() => peer.text.includes('<stream:stream'), 'the stream header');
    peer.header();
    await peer.until(() => peer.text.includes('<handshake'), 'the handshake');
    peer.socket.end();
  });
  assertFailed(examination, /closed the connection after the handshake: wrong secret/, /component\.secret/);
});

for (const [condition, advice] of [
  ['host-unknown', /declare the component push\.test/],
  ['conflict', /another instance/],
  ['undefined-condition', /log/],
  ['policy-violation', /log/],
] as const)
  test(`a stream error ${condition} is named`, async (context) => {
    const examination = await examineAgainst(context, async (peer) => {
      await peer.until(() => peer.text.includes('<stream:stream'), 'the stream header');
      peer.header();
      peer.streamError(condition);
    });
    assertFailed(examination, new RegExp(condition), advice);
  });

test('a port that speaks something else than XMPP is told', async (context) => {
  const examination = await examineAgainst(context, async (peer) => {
    await peer.until(() => peer.text !== '', 'a word');
    peer.socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  assertFailed(examination, /./, /port for components/);
});

test('nobody at the port: the connection fails and what follows is skipped with the reason', async (context) => {
  const examination = await createScene(context, { server: '127.0.0.1:1' }).examine();
  assert.equal(examination.exitCode, 1);
  assert.match(examination.step('XMPP server: connection').found, /^refused/);
  assert.match(examination.step('XMPP server: connection').advice ?? '', /start the XMPP server/);
  assert.deepEqual(
    [title, 'XMPP server: routing', 'XMPP server: outage'].map(
      (name) => `${examination.step(name).verdict}: ${examination.step(name).found}`,
    ),
    Array(3).fill('skipped: XMPP server: connection failed'),
  );
});

test('a firewall before the XMPP server is told from a port that nobody listens on', async (context) => {
  const server = { host: '127.0.0.1', port: await createBlackHole(context), tls: false };
  const result = await examineConnection(server, AbortSignal.timeout(2_000));
  assert.equal(result.verdict, 'failed');
  assert.match(result.found, /firewall/);
});

test('a host that DNS does not know fails first', async (context) => {
  const examination = await createScene(context, { server: 'xmpp.invalid:5347' }).examine();
  assert.equal(examination.step('XMPP server: DNS').verdict, 'failed');
  assert.match(examination.step('XMPP server: DNS').found, /no such name|could not be resolved/);
  assert.equal(examination.step('XMPP server: connection').found, 'XMPP server: DNS failed');
});

test('tls:// at a listener without TLS is told', async (context) => {
  const server = createTcpServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end('<stream:error/>')));
  server.listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { verdict, found, advice } = (await createScene(context, { server: `tls://127.0.0.1:${port}` }).examine()).step('XMPP server: TLS');
  assert.equal(verdict, 'failed');
  assert.match(found, /speaks no TLS/);
  assert.match(advice ?? '', /without tls:\/\//);
});

test('a publish that comes in meanwhile is refused as temporary, so that no registration is lost', async (context) => {
  const server = await createServer(context);
  const examining = createScene(context, { server: `127.0.0.1:${server.port}` }).examine();
  const peer = await server.online(2);
  const publish = `<iq type='set' id='p1' from='example.net' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='n'/></pubsub></iq>`;
  const answer = await peer.ask(publish);
  assert.match(answer, /type="wait"><internal-server-error/);
  const examination = await examining;
  // This server routes nothing back.
  assert.equal(examination.step('XMPP server: routing').verdict, 'warning');
});

test('a server that routes our ping back and says what it is gets by without warning about routing', async (context) => {
  const server = await createServer(context);
  const examining = createScene(context, { server: `127.0.0.1:${server.port}`, jid: 'push.chat.test' }).examine();
  const peer = await server.online(2);
  const find = (name: string): Element | undefined =>
    peer.stanzas.find(({ children }) => children.some((child) => typeof child !== 'string' && child.name === name));
  await peer.until(() => find('ping') !== undefined && find('query') !== undefined, 'both questions');
  peer.write(find('ping')!.toString());
  peer.write(
    `<iq type='result' id='${find('query')!.attrs['id']}' from='chat.test' to='push.chat.test'><query xmlns='jabber:iq:version'><name>ejabberd</name></query></iq>`,
  );
  const examination = await examining;
  assert.equal(examination.step('XMPP server: routing').verdict, 'ok');
  assert.match(examination.step('XMPP server: outage').found, /ejabberd answers publishes with remote-server-not-found/);
});
