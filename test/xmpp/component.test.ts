import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { buildAuthority } from '../../src/sandbox/authority.ts';
import { createLog } from '../../src/log/log.ts';
import { pingRoute } from '../../src/handlers/disco/ping.ts';
import { Component } from '../../src/xmpp/link/component.ts';
import type { ComponentOptions, StanzaHandler } from '../../src/xmpp/link/component.ts';
import { Router } from '../../src/xmpp/routing/router.ts';
import type { Route } from '../../src/xmpp/routing/router.ts';
import { xml } from '../../src/xmpp/stanza/xml.ts';
import { startXmppServer } from '../helpers/xmpp-server.ts';
import type { XmppServer, XmppServerOptions } from '../helpers/xmpp-server.ts';
import { quickTimings, subjectDomain } from './subjects.ts';
import { waitFor } from '../helpers/wait-for.ts';

const log = createLog('silent');

function createRouter(): Router {
  return new Router({ routes: [pingRoute], answerWithinMs: 5_000, inFlight: 100, log });
}

function start(server: XmppServer, changes: Partial<ComponentOptions> = {}, handler: StanzaHandler = createRouter()): Component {
  const address = { host: '127.0.0.1', port: server.port, tls: false };
  const options = { domain: subjectDomain, address, ca: undefined, secret: server.secret, connections: 1, log, timings: quickTimings };
  const component = new Component({ ...options, ...changes }, handler);
  component.start();
  opened.push(component);
  return component;
}

/** What a test opened, closed after it whatever became of it: components first. */
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function listen(options: XmppServerOptions = {}): Promise<XmppServer> {
  const server = await startXmppServer(options);
  opened.push(server);
  return server;
}

function ping(id: string): string {
  return `<iq type='get' id='${id}' from='example.test' to='push.test'><ping xmlns='urn:xmpp:ping'/></iq>`;
}

const pong = (id: string) => `<iq type="result" id="${id}" from="push.test" to="example.test"/>`;

describe('the component', () => {
  test('an answer that no server would take is replaced by a temporary refusal', async () => {
    const server = await listen();
    const route: Route = { type: 'get', xmlns: 'urn:test', name: 'long', handle: () => xml('long', {}, 'x'.repeat(300_000)) };
    start(server, {}, new Router({ routes: [route], answerWithinMs: 5_000, inFlight: 100, log }));
    const peer = await server.online();
    const answer = await peer.ask("<iq type='get' id='l' from='example.test/a' to='push.test'><long xmlns='urn:test'/></iq>");
    assert.match(answer, /^<iq type="error" id="l" from="push.test" to="example.test\/a"><error type="wait"><internal-server-error /);
    assert.match(answer, />the answer would be too long</);
  });

  test('white space in an id is the same in the answer', async () => {
    const server = await listen();
    start(server);
    const peer = await server.online();
    peer.write(ping('a&#10;b&#9;c&#13;d'));
    await peer.until(() => peer.text.includes('</iq>') || peer.text.includes('example.test"/>'), 'an answer');
    // Written as it is, a parser that keeps to XML 1.0 §3.3.3 would read blanks.
    assert.ok(peer.text.includes('id="a&#10;b&#9;c&#13;d"'), peer.text);
  });

  test('a stanza of our own leaves at once where a connection is up, and as soon as one is where none is', async () => {
    const server = await listen();
    const notice = (to: string) => xml('message', { from: subjectDomain, to }, xml('body', {}, 'Hello'));
    const component = start(server);
    for (let count = 0; count < 150; count += 1) component.send(notice(`early${count}@example.test`));
    const peer = await server.online();
    await peer.until(() => peer.stanzas.length === 100, 'the hundred that may wait');
    component.send(notice('late@example.test'));
    await peer.until(() => peer.stanzas.length === 101, 'the one that need not wait');
    assert.equal(peer.stanzas.at(0)?.toString(), notice('early0@example.test').toString());
    assert.equal(peer.stanzas.at(-1)?.attrs['to'], 'late@example.test');
  });

  test('speaks TLS where the port does, and refuses a certificate it has no reason to trust', async () => {
    const authority = buildAuthority();
    const server = await listen({ tls: authority.server });
    const address = { host: 'localhost', port: server.port, tls: true };
    const trusting = start(server, { address, ca: authority.ca });
    assert.equal(await (await server.online(1)).ask(ping('tls')), pong('tls'));
    await trusting.close();
    const distrusting = start(server, { address });
    const trouble = await waitFor('trouble', () => distrusting.trouble);
    assert.match(trouble, /certificate/);
    assert.equal(distrusting.up, 0);
  });

  test('keeps several connections, and an answer finds its way when its own is gone', async () => {
    const server = await listen();
    const slow: StanzaHandler = {
      answer: async ({ attrs }) => {
        if (attrs['id'] === 'slow') await wait(300);
        return xml('iq', { type: 'result', id: String(attrs['id']), from: 'push.test', to: 'example.test' });
      },
      answerUnreadable: () => undefined,
    };
    start(server, { connections: 2 }, slow);
    const [one, other] = [await server.online(1), await server.online(2)];
    assert.equal(await one.ask(ping('a')), pong('a'));
    assert.equal(await other.ask(ping('b')), pong('b'));
    one.write(ping('slow'));
    await one.ask(ping('c'));
    one.socket.destroy();
    await Promise.any([other.answerTo('slow'), server.online(3).then((third) => third.answerTo('slow'))]);
  });

  test('sends white space while nothing else is to be said', async () => {
    const server = await listen();
    start(server);
    const peer = await server.online();
    await peer.until(() => / +$/.test(peer.text), 'white space');
  });

  test('closes its stream properly, after what was still to be written', async () => {
    const server = await listen();
    const component = start(server);
    const peer = await server.online();
    assert.equal(await peer.ask(ping('last')), pong('last'));
    await component.close();
    await peer.untilClosed();
    assert.ok(peer.text.trimEnd().endsWith('</stream:stream>'));
  });

  test('waits longer after each loss, and starts anew after a connection that lasted', async () => {
    const server = await listen();
    const backoff = { ...quickTimings.backoff, lost: { firstMs: 20, longestMs: 60_000 } };
    const component = start(server, { timings: { ...quickTimings, stableMs: 150, backoff } });
    // Sixteen short-lived connections without a reset would end in waits of more than ten minutes.
    for (let number = 1; number <= 16; number += 1) {
      const peer = await server.online(number);
      await wait(160);
      peer.socket.destroy();
    }
    await server.online(17);
    assert.ok(component.reconnects >= 15);
  });

  test('names the wrong secret as the trouble', async () => {
    const server = await listen();
    const component = start(server, { secret: 'another-secret' });
    await (await server.peer(1)).untilClosed();
    await waitFor('trouble', () => component.trouble !== undefined);
    assert.equal(component.trouble, 'stream error not-authorized: the server refused the secret');
  });
});

describe('what is sent', () => {
  /** A handler that answers everything with this stanza. */
  const answering = (attributes: Readonly<Record<string, string>>, text = ''): StanzaHandler => ({
    answer: async ({ attrs }) =>
      attrs['id'] === 'control'
        ? xml('iq', { type: 'result', id: 'control', from: 'push.test', to: 'example.test' })
        : xml('iq', attributes, xml('t', {}, text)),
    answerUnreadable: () => undefined,
  });

  test('has no character that is illegal in XML', async () => {
    const server = await listen();
    start(server, {}, answering({ type: 'result', id: 'x', from: 'push.test', to: 'example.test' }, 'a\u0000b\u0008c\uFFFEd\uD800e€🦊'));
    const peer = await server.online();
    assert.equal(await peer.ask(ping('x')), '<iq type="result" id="x" from="push.test" to="example.test"><t>abcde€🦊</t></iq>');
  });

  const unsendable: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'without a recipient': { type: 'result', id: 'x', from: 'push.test' },
    'from a foreign domain': { type: 'result', id: 'x', from: 'elsewhere.test', to: 'example.test' },
    'without a sender': { type: 'result', id: 'x', to: 'example.test' },
  };
  for (const [name, attributes] of Object.entries(unsendable)) {
    test(`a stanza ${name} is held back: it would cost the connection`, async () => {
      const server = await listen();
      start(server, {}, answering(attributes));
      const peer = await server.online();
      peer.write(ping('x'));
      await peer.ask(ping('control'));
      assert.deepEqual(
        peer.stanzas.filter(({ attrs }) => attrs['from'] !== attrs['to']).map(({ attrs }) => attrs['id'] as unknown),
        ['control'],
      );
    });
  }
});
