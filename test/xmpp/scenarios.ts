import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { startXmppServer } from '../helpers/xmpp-server.ts';
import type { XmppPeer, XmppServer } from '../helpers/xmpp-server.ts';
import { inFlightLimit } from './subjects.ts';
import type { StartSubject, Subject } from './subjects.ts';

export type Scenario = (start: StartSubject) => Promise<void>;

/** How long we watch that something does not happen. */
const watchMs = 3_500;

function echo(id: string, text: string, attributes = ''): string {
  return `<iq type='set' id='${id}' from='example.test' to='push.test'><echo xmlns='urn:test' ${attributes}>${text}</echo></iq>`;
}

async function assertAnswers(peer: XmppPeer, id: string, text = 'hello'): Promise<void> {
  const answer = await peer.ask(echo(id, text));
  assert.equal(answer, `<iq type="result" id="${id}" from="push.test" to="example.test"><echo xmlns="urn:test">${text}</echo></iq>`);
}

function temporaryError(id: string, text: string): string {
  return (
    `<iq type="error" id="${id}" from="push.test" to="example.test"><error type="wait">` +
    `<internal-server-error xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>` +
    `<text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas" xml:lang="en">${text}</text></error></iq>`
  );
}

/** An authenticated connection to a server that plays by the book. */
function online(use: (peer: XmppPeer, server: XmppServer, subject: Subject) => Promise<void>): Scenario {
  return async (start) => {
    const server = await startXmppServer();
    const subject = await start(server.port, server.secret);
    try {
      await use(await server.online(), server, subject);
    } finally {
      await subject.stop();
      await server.close();
    }
  };
}

/** A server that misbehaves on its first connections as told, and plays by the book on the same port afterwards. */
function misbehaving(misbehave: (server: XmppServer) => Promise<void>, afterwards: (server: XmppServer) => Promise<void>): Scenario {
  return async (start) => {
    const rogue = await startXmppServer({ play: 'script' });
    const subject = await start(rogue.port, rogue.secret);
    const { port } = rogue;
    await misbehave(rogue);
    await rogue.close();
    const server = await startXmppServer({ port });
    try {
      await afterwards(server);
    } finally {
      await subject.stop();
      await server.close();
    }
  };
}

/** Refuses every handshake in the given way and counts how often it is tried. */
function refusing(refuse: (peer: XmppPeer) => void): Scenario {
  return async (start) => {
    const server = await startXmppServer({ play: 'script' });
    const subject = await start(server.port, server.secret);
    const serve = async (number: number): Promise<void> => {
      const peer = await server.peer(number);
      await peer.until(() => peer.text.includes('<stream:stream'), 'the stream header');
      peer.header();
      await peer.until(() => peer.elements.length > 0, 'the handshake');
      refuse(peer);
    };
    await serve(1);
    // May never come: that is what is hoped for.
    void serve(2).catch(() => undefined);
    await wait(watchMs);
    assert.ok(server.peers.length <= 2, `${server.peers.length} connections within ${watchMs} ms`);
    await subject.stop();
    await server.close();
  };
}

const reconnects = async (server: XmppServer) => assertAnswers(await server.online(), 'after');

/** What happens, by name. Each is played against our component, which must pass, and against the bare library. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  'a multi-byte character split over two TCP chunks stays whole': online(async (peer) => {
    const bytes = Buffer.from(echo('split', 'a€🦊b'));
    for (let cut = 1; cut < bytes.length; cut += 1) if ((bytes[cut]! & 0xc0) === 0x80) await sendInTwo(peer, bytes, cut);
    await assertAnswers(peer, 'plain', 'a€🦊b');
  }),
  'a server that accepts and stays silent is left and tried again': misbehaving(async (rogue) => {
    await rogue.peer(2);
  }, reconnects),
  'a handshake answered late still counts': async (start) => {
    const server = await startXmppServer({ play: 'script' });
    const subject = await start(server.port, server.secret);
    const peer = await server.peer(1);
    await wait(1_000);
    peer.header();
    await peer.until(() => peer.elements.length > 0, 'the handshake');
    // Later than the library's own limit for one step, within ours for both.
    await wait(2_300);
    peer.write('<handshake/>');
    await assertAnswers(peer, 'late');
    await subject.stop();
    await server.close();
  },
  'a wrong secret refused with an error is not hammered': refusing((peer) => peer.streamError('not-authorized')),
  'a wrong secret refused by a silent close is not hammered': refusing((peer) => peer.socket.end()),
  'conflict starts no loop': refusing((peer) => peer.streamError('conflict')),
  'host-unknown is not hammered': refusing((peer) => peer.streamError('host-unknown')),
  'system-shutdown brings the link back': online(async (peer, server) => {
    peer.streamError('system-shutdown');
    await assertAnswers(await server.online(2), 'after');
  }),
  'malformed XML ends the stream, not the process': online(async (peer, server) => {
    peer.write("<iq type='set' id='x' from='example.test' to='push.test'></message>");
    await assertAnswers(await server.online(2), 'after');
  }),
  'bytes behind the end of the stream are harmless': online(async (peer, server) => {
    peer.write('</stream:stream>');
    await peer.until(() => peer.hasEnded || peer.isClosed, 'the end of the stream');
    peer.write('<iq/>');
    await assertAnswers(await server.online(2), 'after');
  }),
  'a stanza with an end tag missing costs only itself': online(async (peer) => {
    const answer = await peer.ask("<iq type='set' id='bad' from='example.test' to='push.test'><echo xmlns='urn:test'><b></echo></iq>");
    assert.equal(answer, temporaryError('bad', 'this stanza is not well-formed'));
    await assertAnswers(peer, 'next');
  }),
  'an illegal entity costs only its stanza': online(async (peer) => {
    assert.equal(await peer.ask(echo('bad', 'a &foo; b')), temporaryError('bad', 'this stanza is not well-formed'));
    await assertAnswers(peer, 'next');
  }),
  'a character illegal in XML costs only its stanza': online(async (peer) => {
    assert.equal(await peer.ask(echo('bad', 'a \u0001 b')), temporaryError('bad', 'this stanza is not well-formed'));
    await assertAnswers(peer, 'next');
  }),
  'an invalid JID in from costs only its stanza': online(async (peer) => {
    for (const from of ['@', 'a@', 'a b@example.test', '/only', '']) peer.write(echo('bad', 'x').replace('example.test', from));
    await assertAnswers(peer, 'next');
    assert.equal(peer.stanzas.length, 1);
  }),
  'an oversize stanza is refused and let go': online(async (peer) => {
    assert.equal(await peer.ask(echo('big', 'x'.repeat(1_500_000))), temporaryError('big', 'this stanza is too large'));
    await assertAnswers(peer, 'next');
  }),
  'an over-deep stanza is refused and let go': online(async (peer) => {
    const deep = '<a>'.repeat(20_000) + '</a>'.repeat(20_000);
    assert.equal(await peer.ask(echo('deep', deep)), temporaryError('deep', 'this stanza is too deep'));
    await assertAnswers(peer, 'next');
  }),
  'a stanza that never ends is given up before it fills the memory': online(async (peer, server) => {
    peer.write("<iq type='set' id='x' from='example.test' to='push.test'><echo xmlns='urn:test'>");
    for (let mebibytes = 0; mebibytes < 8; mebibytes += 1) peer.write('x'.repeat(1024 * 1024));
    await assertAnswers(await server.online(2), 'after');
  }),
  'comments and processing instructions are passed over': online(async (peer) => {
    peer.write('<!-- a comment --><?a instruction?>');
    const answer = await peer.ask(echo('noted', 'hel<!-- between -->lo<?and this?>'));
    assert.equal(answer, '<iq type="result" id="noted" from="push.test" to="example.test"><echo xmlns="urn:test">hello</echo></iq>');
  }),
  'a peer gone without a word (half-open TCP) is noticed and replaced': online(async (peer, server) => {
    // The server routes our ping to ourselves back once, then nothing is ever heard again.
    await peer.until(() => peer.stanzas.some(({ attrs }) => attrs['from'] === attrs['to']), 'a ping to ourselves');
    const ping = peer.stanzas.find(({ attrs }) => attrs['from'] === attrs['to'])!;
    peer.write(`<iq type='get' id='${String(ping.attrs['id'])}' from='push.test' to='push.test'><ping xmlns='urn:xmpp:ping'/></iq>`);
    await assertAnswers(await server.online(2), 'after');
  }),
  'hours of whitespace keep-alives leave nothing behind': online(async (peer) => {
    await assertAnswers(peer, 'before');
    const before = heapAfterCollection();
    const spaces = ' '.repeat(64 * 1024);
    for (let mebibytes = 0; mebibytes < 48; mebibytes += 1) for (let part = 0; part < 16; part += 1) await written(peer, spaces);
    await assertAnswers(peer, 'after');
    const grownMiB = (heapAfterCollection() - before) / 1024 / 1024;
    assert.ok(grownMiB < 12, `the heap grew by ${grownMiB.toFixed(1)} MiB over 48 MiB of spaces`);
  }),
  'a burst of 20,000 stanzas is answered with bounded concurrency': online(async (peer, _server, subject) => {
    const burst = 20_000;
    const all = Array.from({ length: burst }, (_, index) => echo(`b${index}`, 'x', "delay='30'"));
    for (let start = 0; start < burst; start += 500) await written(peer, all.slice(start, start + 500).join(''));
    const answers = () => peer.stanzas.filter(({ attrs }) => attrs['to'] === 'example.test');
    await peer.until(() => peer.elements.length >= burst && answers().length >= burst, `${burst} answers`);
    assert.equal(new Set(answers().map(({ attrs }) => String(attrs['id']))).size, burst);
    const refused = answers().filter(({ attrs }) => attrs['type'] === 'error');
    for (const { attrs, children } of refused.slice(0, 50))
      assert.match(String(children), /type="wait"><internal-server-error/, String(attrs['id']));
    assert.ok(subject.mostAtOnce() <= inFlightLimit, `${subject.mostAtOnce()} handlers at once`);
  }),
  'a peer that stops reading is not read from, and given up': online(async (peer, server) => {
    peer.socket.pause();
    const requests = Array.from({ length: 1_000 }, (_, index) => echo(`s${index}`, 'x'.repeat(100))).join('');
    const keepAsking = setInterval(() => peer.socket.writableLength < 64 * 1024 * 1024 && peer.write(requests), 1);
    try {
      await assertAnswers(await server.online(2), 'after');
    } finally {
      clearInterval(keepAsking);
    }
  }),
};

async function sendInTwo(peer: XmppPeer, bytes: Buffer, cut: number): Promise<void> {
  const id = `cut${cut}`;
  const stanza = Buffer.from(bytes.toString().replace("id='split'", `id='${id}'`));
  const offset = stanza.length - bytes.length;
  await written(peer, stanza.subarray(0, cut + offset));
  await wait(20);
  peer.write(stanza.subarray(cut + offset));
  assert.match((await peer.answerTo(id)).toString(), />a€🦊b</);
}

function written(peer: XmppPeer, data: Buffer | string): Promise<void> {
  return new Promise((resolve) => peer.socket.write(data, () => resolve()));
}

function heapAfterCollection(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}
