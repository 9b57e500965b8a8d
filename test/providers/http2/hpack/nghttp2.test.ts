import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { describe, test } from 'node:test';
import { createRandom } from '../../../helpers/mulberry32.ts';
import { createH2cPair } from './h2c-client.ts';

const printable = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join('');
const latin = `${printable}${Array.from({ length: 96 }, (_, at) => String.fromCharCode(160 + at)).join('')}`;

/** Values and headers as a seed has it. */
function createDraw(seed: number) {
  const random = createRandom(seed);
  const below = (most: number) => Math.floor(random() * most);
  const text = (alphabet: string, most: number) =>
    // RFC 9113 §8.2.1: no white space at either end.
    Array.from({ length: below(most) }, () => alphabet.charAt(below(alphabet.length)))
      .join('')
      .trim();
  const push = () => [
    ...[
      ':method',
      'POST',
      ':scheme',
      'http',
      ':authority',
      `host-${below(2)}.example.org`,
      ':path',
      `/3/device/${text('0123456789abcdef', 65)}`,
    ],
    ...['authorization', `bearer ${String(below(3)).repeat(100 + 700 * below(2))}`, 'apns-topic', `org.example.app${below(30)}`],
    ...['apns-push-type', below(4) === 0 ? 'voip' : 'alert', 'apns-priority', '10', 'apns-expiration', `${1e9 + below(1e9)}`],
    ...['apns-id', text('0123456789abcdef-', 37), 'ttl', `${below(1000)}`, 'x-differs', text(printable, 80), 'x-latin', text(latin, 20)],
  ];
  const answer = (): OutgoingHttpHeaders => ({
    ':status': [200, 201, 400, 403, 410, 429, 503][below(7)],
    'apns-id': text('0123456789ABCDEF-', 37),
    date: new Date(1e12 + below(1e6) * 1000).toUTCString(),
    'retry-after': `${below(100)}`,
    'set-cookie': Array.from({ length: below(3) }, () => text(printable, 100)),
    location: `https://example.org/${text(printable, 600)}`,
    [`x-name-${below(40)}`]: text(printable, 60),
    'x-latin': text(latin, 30),
  });
  return { below, push, answer };
}

/** As they go over the wire. */
function flatten(headers: OutgoingHttpHeaders): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    Array.isArray(value) ? value.flatMap((each) => [name, each]) : [name, String(value)],
  );
}

const accept = (stream: ServerHttp2Stream) => stream.respond({ ':status': 200 }, { endStream: true });

describe('nghttp2 reads what the encoder writes', () => {
  for (const headerTableSize of [0, 64, 1000, 4096, 65_536])
    test(`with a table of ${headerTableSize}`, async (context) => {
      const { push } = createDraw(headerTableSize);
      const { request, requests, sent } = await createH2cPair(context, accept, { headerTableSize });
      for (let count = 0; count < 300; count += 1) {
        const headers = push();
        assert.deepEqual((await request(headers)).slice(0, 2), [':status', '200']);
        assert.deepEqual([...(requests[count] ?? [])], headers);
      }
      assert.equal(sent.length, 300);
    });

  test('while it changes the size of its table, twice at once even', async (context) => {
    const { push, below } = createDraw(7);
    const { request, requests, change } = await createH2cPair(context, accept);
    const size = () => ({ headerTableSize: [0, 64, 200, 1000, 4096][below(5)]! });
    for (let count = 0; count < 400; count += 1) {
      if (below(5) === 0) await change(size(), ...(below(2) === 0 ? [size()] : []));
      const headers = push();
      await request(headers);
      assert.deepEqual([...(requests[count] ?? [])], headers);
    }
  });

  test('with headers that come again in an octet each', async (context) => {
    const { request, sent } = await createH2cPair(context, accept);
    const pseudo = [':method', 'POST', ':scheme', 'http', ':authority', 'a', ':path', '/3'];
    const headers = [...pseudo, 'te', 'trailers', 'x-permission', `bearer ${'x'.repeat(2000)}`];
    for (let count = 0; count < 3; count += 1) await request(headers);
    assert.deepEqual(sent.slice(1), [9, 9]);
  });
});

describe('the decoder reads what nghttp2 writes', () => {
  const fixed = [':method', 'GET', ':scheme', 'http', ':authority', 'a', ':path', '/'];

  test('with Huffman coding and the dynamic table', async (context) => {
    const { answer } = createDraw(11);
    let said: readonly string[] = [];
    const respond = (stream: ServerHttp2Stream) => {
      const headers = answer();
      said = flatten(headers);
      stream.respond(headers, { endStream: true });
    };
    const { request } = await createH2cPair(context, respond);
    for (let count = 0; count < 500; count += 1) assert.deepEqual(await request(fixed), said);
  });

  test('with headers that come again as indices', async (context) => {
    const again = { ':status': 410, date: 'today', 'x-reason': 'a reason that is said each time' };
    const { request, received } = await createH2cPair(context, (stream) => stream.respond(again, { endStream: true }));
    for (let count = 0; count < 5; count += 1) assert.deepEqual(await request(fixed), flatten(again));
    assert.ok(received.at(-1)! < 5, `${received.join()} octets`);
  });
});
