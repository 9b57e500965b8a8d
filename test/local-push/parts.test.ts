import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connections } from '../../src/local-push/connection/connections.ts';
import { Connection, type House, type Line } from '../../src/local-push/connection/connection.ts';
import type { Ending } from '../../src/local-push/messages.ts';
import { buildStopping } from '../../src/local-push/endings.ts';
import { Others } from '../../src/local-push/instances/others.ts';
import { Speech } from '../../src/local-push/instances/speech.ts';
import { parseWord, splitNodes, writeWord, type Word } from '../../src/local-push/instances/words.ts';
import { InTurn } from '../../src/local-push/in-turn.ts';
import { buildProof, DeviceSecrets } from '../../src/local-push/secrets.ts';

test('the example of the protocol is a proof', () => {
  const [secret, nonce] = ['q3mVfC1bFqB0kYb1xG0m3nD7sW2uE5rT8yU1iO4pA6s', 'k0Jx8vQ2rT5uW7yA1cE3gI6kM9oQ0sU2wY4aC6eG8iK'];
  assert.equal(buildProof(secret, nonce, 'bXktbm9kZS1vZi0yNC1ieXRlcy0x'), 'YjJE9NKEjEnK8Q4w-vlFrSwjQs8XGrsB0ErnPCbGjxY');
});

test('instances with the same component secret agree on the secret of a device, others do not', () => {
  const [one, same, other] = ['secret', 'secret', 'changed'].map((secret) => new DeviceSecrets(secret));
  assert.equal(one!.secretOf('node'), same!.secretOf('node'));
  assert.notEqual(one!.secretOf('node'), one!.secretOf('another'));
  const proof = buildProof(one!.secretOf('node'), 'nonce', 'node');
  assert.ok(same!.isProven({ node: 'node', proof }, 'nonce'));
  assert.ok(!other!.isProven({ node: 'node', proof }, 'nonce'));
  assert.ok(!same!.isProven({ node: 'node', proof }, 'another nonce'));
});

interface OpenLine {
  readonly line: Line;
  readonly sent: Readonly<Record<string, unknown>>[];
  readonly ends: (Ending | 'cut')[];
}

function openLine(): OpenLine {
  const [sent, ends]: [Record<string, unknown>[], (Ending | 'cut')[]] = [[], []];
  const send = (text: string) => sent.push(JSON.parse(text) as Record<string, unknown>) > 0;
  const end = (ending: Ending, lastWord: string): void => {
    send(lastWord);
    ends.push(ending);
  };
  return { sent, ends, line: { transport: 'websocket', send, end, cut: () => void ends.push('cut') } };
}

test('who proves nothing in time is shown the door', () => {
  const { line, sent, ends } = openLine();
  const timing = { keepAliveMs: 1e9, answerWithinMs: 1e9, handshakeMs: 1_000, doubtMs: 1e9, lookMs: 1e9 };
  const left: Connection[] = [];
  const house: House = {
    timing,
    judge: () => new Promise(() => undefined),
    welcome: () => assert.fail('nothing was proven'),
    leave: (connection) => left.push(connection),
  };
  const connection = new Connection(line, house);
  connection.look(performance.now());
  assert.deepEqual(ends, []);
  connection.look(performance.now() + 1_001);
  assert.deepEqual([ends.map(({ code }) => code), left, sent.at(-1)?.['type']], [[4408], [connection], 'goodbye']);
});

test('not all come back at once', () => {
  assert.deepEqual(
    [0, 0.5, 1].map((random) => buildStopping(20_000, () => random).afterMs),
    [1_000, 21_000, 41_000],
  );
  assert.deepEqual(
    [0, 1].map((random) => buildStopping(3, () => random).afterMs),
    [1_000, 5_000],
  );
});

test('a list of devices goes in parts that PostgreSQL takes, and comes out whole', () => {
  const nodes = Array.from({ length: 3_000 }, (_, index) => `node-"${index}"-${'é'.repeat(index % 90)}`);
  const parts = splitNodes(nodes);
  const texts = parts.map((part) => writeWord({ v: 'have', from: 'a', seq: 1, nodes: part, first: false }));
  for (const text of texts) assert.ok(text !== undefined && Buffer.byteLength(text) < 8_000);
  assert.deepEqual(
    texts.flatMap((text) => (parseWord(text!) as Extract<Word, { v: 'have' }>).nodes),
    nodes,
  );
  assert.deepEqual(splitNodes([]), [[]]);
});

test('what is no word of ours is passed over', () => {
  for (const text of [
    '',
    'x',
    'null',
    '[]',
    '{}',
    '{"v":"alive"}',
    '{"v":"come","from":"a","seq":1,"nodes":[1]}',
    '{"v":"toString","from":"a"}',
  ])
    assert.equal(parseWord(text), undefined, text);
});

test('a push that is too long for a notification is not said, and that is told', () => {
  const speech = new Speech();
  speech.begin({ hear: () => Promise.resolve(), say: () => assert.fail('it was said') });
  let unsaid = 0;
  speech.say({ v: 'push', from: 'a', to: 'b', offer: '1', node: 'n', id: 'i', text: 'x'.repeat(8_000) }, () => (unsaid += 1));
  assert.equal(unsaid, 1);
});

test('what the database does not take is told to each who said it', async () => {
  const speech = new Speech();
  speech.begin({ hear: () => Promise.resolve(), say: () => Promise.reject(new Error('away')) });
  let unsaid = 0;
  for (let count = 0; count < 3; count += 1) speech.say({ v: 'who', from: 'a', to: '' }, () => (unsaid += 1));
  await speech.idle();
  assert.equal(unsaid, 3);
});

test('an instance of which an announcement was missed is asked for its list', () => {
  const others = new Others();
  others.list('a', 3, ['one'], true);
  assert.ok(others.announce('a', 4, { came: ['two'] }));
  assert.ok(others.isComplete('a', 4));
  assert.ok(!others.announce('a', 6, { came: ['four'] }));
  assert.ok(!others.isComplete('a', 6));
  assert.equal(others.instanceOf('four'), 'a', 'what it says is taken all the same');
  others.list('a', 6, ['three', 'four'], true);
  assert.deepEqual(
    ['one', 'two', 'three', 'four'].map((node) => others.instanceOf(node)),
    [undefined, undefined, 'a', 'a'],
  );
});

test('a device is where it came to last, and an older list does not take it back', () => {
  const others = new Others();
  others.announce('a', 1, { came: ['node'] });
  others.announce('b', 1, { came: ['node'] });
  others.announce('a', 2, { went: ['node'] });
  assert.equal(others.instanceOf('node'), 'b');
  others.list('a', 2, ['node'], true);
  assert.equal(others.instanceOf('node'), 'b');
  others.cameHere('node');
  assert.equal(others.instanceOf('node'), undefined);
});

test('an instance of which nothing is heard is forgotten with its devices', () => {
  let now = 0;
  const others = new Others(() => now);
  others.announce('a', 1, { came: ['one'] });
  now = 5_000;
  others.announce('b', 1, { came: ['two'] });
  now = 7_000;
  assert.deepEqual(others.forgetSilent(6_000), ['a']);
  assert.deepEqual([others.instanceOf('one'), others.instanceOf('two'), others.size], [undefined, 'b', 1]);
});

test('of many devices a few are seen to at a time, and each once', async () => {
  const [seen, waiting]: [string[], (() => void)[]] = [[], []];
  const inTurn = new InTurn((node) => {
    seen.push(node);
    return new Promise((resolve) => waiting.push(resolve));
  });
  const nodes = Array.from({ length: 50 }, (_, index) => String(index));
  inTurn.add(nodes);
  inTurn.add(nodes.slice(25));
  assert.equal(seen.length, 20);
  while (waiting.length > 0) {
    waiting.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
  }
  assert.deepEqual(seen.toSorted(), nodes.toSorted());
});

test('at a stop everybody is told when to come back, each at another time', async () => {
  const { connections, lines } = openConnections(250, (connection) => connections.closed(connection));
  await connections.drain(60_000);
  connections.close();
  assert.deepEqual(new Set(lines.map(({ sent }) => sent.at(-1)?.['code'])), new Set([1012]));
  assert.ok(new Set(lines.map(({ sent }) => sent.at(-1)?.['afterMs'])).size > 100);
});

test('at a stop lines that stay open hold nothing up', async () => {
  const { connections } = openConnections(3);
  await connections.drain(20);
  assert.equal(connections.size, 3);
  connections.close();
});

test('at a stop without time for words the connections are cut off', async () => {
  const { connections, lines } = openConnections(3);
  await connections.drain(0);
  connections.close();
  for (const { ends } of lines) assert.deepEqual(ends, ['cut']);
});

/** `onEnd` is called when a line was told to end. */
function openConnections(
  count: number,
  onEnd: (connection: Connection) => void = () => undefined,
): { readonly connections: Connections; readonly lines: readonly OpenLine[] } {
  const timing = { keepAliveMs: 1e9, answerWithinMs: 1e9, handshakeMs: 1e9, doubtMs: 1e9, lookMs: 1e9 };
  const judge = () => Promise.reject(new Error('nobody proves anything here'));
  const connections = new Connections({ timing, judge, onCome: () => undefined, onGone: () => undefined });
  const lines = Array.from({ length: count }, openLine);
  for (const { line } of lines) {
    const end: Line['end'] = (ending, lastWord) => {
      line.end(ending, lastWord);
      setImmediate(() => onEnd(connection));
    };
    const connection = connections.open({ ...line, end });
  }
  return { connections, lines };
}
