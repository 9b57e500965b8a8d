import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { contentOf, type Request } from '../../../providers/http2/exchange.ts';
import { createPool } from '../../../providers/http2/pool/pool.ts';
import { buildMessage as buildFcmMessage } from '../../../providers/fcm/message.ts';
import { buildRequest as buildFcmRequest } from '../../../providers/fcm/request.ts';
import { buildMessage } from '../../../providers/webpush/message/message.ts';
import { buildRequest } from '../../../providers/webpush/request.ts';
import { buildPush, never } from '../kit.ts';

const secondMs = 1_000;
const privacy = { content: 'full', requireEncryption: false } as const;

/** The request as it would be written so much later; the machine's clock is set back an hour meanwhile. */
function writtenAfter(context: TestContext, request: Request, ms: number) {
  context.mock.timers.enable({ apis: ['Date'], now: Date.now() - 3600 * secondMs });
  const now = performance.now.bind(performance);
  context.mock.method(performance, 'now', () => now() + ms);
  const content = contentOf(request, performance.now());
  context.mock.reset();
  return content;
}

test('Google is told how long is left when the request is written, whatever the clock says that can be set', (context) => {
  const push = buildPush({}, { expiresAt: new Date(Date.now() + 30 * secondMs + 500) });
  const pool = createPool({ origin: new URL('https://localhost:1') }, { debug: () => undefined, warn: () => undefined });
  context.after(() => pool.close());
  const build = (now: number) => buildFcmMessage(push, privacy, now);
  const request = buildFcmRequest(pool, 'project', 'token', { push, build, signal: never });
  const ttlOf = (body: Request['body']) => (JSON.parse(String(body)) as { message: { android: { ttl: string } } }).message.android.ttl;
  assert.equal(ttlOf(request.body), '30s');
  assert.equal(ttlOf(writtenAfter(context, request, 10 * secondMs).body), '20s');
});

test('a Web Push service is told how long is left when the request is written, and the same text', (context) => {
  const push = buildPush({}, { expiresAt: new Date(Date.now() + 30 * secondMs + 500) });
  const message = buildMessage(push, undefined, { privacy, topicKey: Buffer.alloc(32) }, Date.now());
  const request = buildRequest(new URL('https://push.example/x'), message, '', push, never);
  const ttlOf = ({ headers }: Pick<Request, 'headers'>) => headers[headers.indexOf('ttl') + 1];
  assert.equal(ttlOf(request), '30');
  const later = writtenAfter(context, request, 10 * secondMs);
  assert.equal(ttlOf(later), '20');
  assert.equal(later.headers.length, request.headers.length);
  assert.equal(later.body, request.body);
});
