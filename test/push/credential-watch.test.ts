import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';
import { createLog } from '../../src/log/log.ts';
import { createCredentialWatch } from '../../src/push/credentials/watch.ts';
import type { Provider, ProviderStatus } from '../../src/push/provider/provider.ts';
import { buildAuthority } from '../../src/sandbox/authority.ts';
import { startTestApp } from '../helpers/app.ts';
import { createFolder, writeInto } from '../providers/kit.ts';

const dayMs = 24 * 3_600_000;
const end = Date.UTC(2026, 11, 31);

function buildProvider(status: () => ProviderStatus): Provider {
  return { status, push: async () => ({ kind: 'accepted' }), close: async () => undefined };
}

function watch(status: () => ProviderStatus, startDaysBefore: number) {
  const clock = { now: end - startDaysBefore * dayMs };
  const lines: string[] = [];
  const told: string[] = [];
  const providers = new Map([
    ['broken', buildProvider(() => assert.fail('a bug in a provider'))],
    ['ios', buildProvider(status)],
  ]);
  const log = createLog('info', { write: (line: string) => lines.push(line) });
  const watched = createCredentialWatch({ providers, log, alarm: (text) => told.push(text), clock: () => clock.now });
  return { clock, lines, told, ...watched };
}

const ending = () => ({ ready: true, credentialExpiresAt: new Date(end) });

test('30, 14, 7, 3 and 1 days before the end, and at the end, it is told once each', async () => {
  const { clock, told, check, close } = watch(ending, 40);
  const daysTold: number[] = [];
  for (let days = 40; days >= -5; days -= 1) {
    clock.now = end - days * dayMs;
    const before = told.length;
    check();
    check();
    if (told.length > before) daysTold.push(days);
  }
  assert.deepEqual(daysTold, [30, 14, 7, 3, 1, 0]);
  assert.equal(told.length, 6);
  assert.match(told[2] ?? '', /credentials of provider "ios" end in 7 days, on 2026-12-31/);
  assert.match(told[5] ?? '', /ended on 2026-12-31\. Its pushes fail/);
  await close();
});

test('at the start the present state is told, not the thresholds that have passed', async () => {
  const { told, lines, close } = watch(ending, 5);
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /in 5 days/);
  const [line] = lines.map((text) => JSON.parse(text) as Record<string, unknown>).filter(({ event }) => event === 'credential-expires');
  assert.deepEqual([line?.['level'], line?.['provider'], line?.['expiresAt'], line?.['daysLeft']], ['warn', 'ios', '2026-12-31', 5]);
  await close();
});

test('a renewed credential is told of anew, one without an end never', async () => {
  let expiresAt: Date | undefined = new Date(end);
  const status = () => ({ ready: true, ...(expiresAt === undefined ? {} : { credentialExpiresAt: expiresAt }) });
  const { told, check, close, clock } = watch(status, 2);
  expiresAt = new Date(end + 365 * dayMs);
  check();
  assert.equal(told.length, 1);
  clock.now += 364 * dayMs;
  check();
  assert.equal(told.length, 2);
  expiresAt = undefined;
  check();
  assert.equal(told.length, 2);
  await close();
});

test('the administrator gets a message at the start about a certificate that ends in two days', async (context) => {
  const folder = createFolder(context);
  const { cert, key } = buildAuthority().issueClient(['org.example.app'], new Date(Date.now() + 1.5 * dayMs));
  writeInto(folder, { 'apns.pem': cert + key });
  const app = await startTestApp({ providers: [{ id: 'ios', use: 'apns', options: { 'cert-file': join(folder, 'apns.pem') } }] });
  try {
    const messages = () => app.peer.stanzas.filter(({ name }) => name === 'message').map((stanza) => stanza.toString());
    await app.peer.until(() => messages().length > 0, 'the message');
    assert.match(messages()[0] ?? '', /^<message type="normal" from="push\.test" to="admin@example\.net">.*"ios" end in 2 days, on /);
  } finally {
    await app.close();
  }
});
