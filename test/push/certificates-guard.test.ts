import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../src/log/log.ts';
import { runningProvider } from '../../src/push/guard/provider-context.ts';
import { ProviderGuard } from '../../src/push/guard/provider-guard.ts';
import type { CertificateSlot, CertificateSummary, Provider, ProviderStatus } from '../../src/push/provider/provider.ts';

const upload = { certificate: Buffer.from('x'), password: undefined };
const summary: CertificateSummary = { subject: 'CN=x', topics: ['x'], environment: 'production', expiresAt: new Date() };

function guard(slot: unknown, status: unknown = { ready: true }): ProviderGuard {
  const provider: Provider = {
    push: () => Promise.resolve({ kind: 'accepted' }),
    status: () => status as ProviderStatus,
    close: () => Promise.resolve(),
    ...(slot === undefined ? {} : { certificateSlot: slot as CertificateSlot }),
  };
  return new ProviderGuard(provider, { name: 'acme', share: 1, log: createLog('silent') });
}

test('a provider without a slot has none behind its guard', () => {
  assert.equal('certificateSlot' in guard(undefined) && guard(undefined).certificateSlot !== undefined, false);
});

test('the code of a slot runs as that of its provider', () => {
  const seen: unknown[] = [];
  const note = () => void seen.push(runningProvider());
  const { certificateSlot } = guard({ topic: 'x', check: () => (note(), summary), use: note });
  assert.deepEqual(certificateSlot?.check(upload), summary);
  certificateSlot.use(upload);
  assert.deepEqual([certificateSlot.topic, ...seen], ['x', 'acme', 'acme']);
});

test('a summary that is none is an error, and a topic that is none is nothing', () => {
  const rubbish = [
    undefined,
    'fine',
    {},
    { ...summary, topics: 'x' },
    { ...summary, expiresAt: 'soon' },
    { ...summary, expiresAt: new Date('never') },
  ];
  for (const answer of rubbish)
    assert.throws(() => guard({ check: () => answer, use: () => undefined }).certificateSlot?.check(upload), TypeError);
  assert.equal(guard({ topic: 7, check: () => summary, use: () => undefined }).certificateSlot?.topic, undefined);
});

test('topics and environment of a status are passed on, and rubbish in their place makes it no status', () => {
  const { topics, environment } = guard(undefined, { ready: true, topics: ['x'], environment: 'production' }).status();
  assert.deepEqual([topics, environment], [['x'], 'production']);
  for (const rubbish of [{ topics: 'x' }, { topics: [7] }, { environment: 7 }])
    assert.equal(guard(undefined, { ready: true, ...rubbish }).status().reason, "it can't tell its status");
});
