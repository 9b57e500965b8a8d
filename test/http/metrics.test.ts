import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '../../src/http/metrics.ts';
import type { Provider, ProviderStatus } from '../../src/index.ts';
import { createLog } from '../../src/log.ts';
import { Component } from '../../src/xmpp/component.ts';

function provider(status: () => ProviderStatus): Provider {
  return { push: async () => ({ kind: 'accepted' }), status, close: async () => undefined };
}

test('the metrics tell the link, the sessions and when credentials end, as they are at that moment', async () => {
  const address = { host: '127.0.0.1', port: 1, tls: false };
  const options = { domain: 'push.test', address, ca: undefined, secret: 's', connections: 1, log: createLog('silent') };
  const component = new Component(options, { answer: async () => undefined, answerUnreadable: () => undefined });
  let status: ProviderStatus = { ready: true, sessions: 2, credentialExpiresAt: new Date('2027-01-02T03:04:05Z') };
  const metrics = createMetrics({
    component,
    providers: new Map([
      ['a', provider(() => status)],
      ['b', provider(() => ({ ready: true }))],
    ]),
  });
  const lines = async () => (await metrics.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  assert.deepEqual(await lines(), [
    'reveille_component_up 0',
    'reveille_component_reconnects_total 0',
    'reveille_http2_sessions{provider="a"} 2',
    'reveille_credential_expiry_timestamp_seconds{provider="a"} 1798859045',
  ]);
  status = { ready: true, sessions: 1 };
  assert.ok(!(await lines()).some((line) => line.startsWith('reveille_credential')));
});
