import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProviderStatus } from '../../src/index.ts';
import { createLog } from '../../src/log/log.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import type { States } from '../../src/metrics/states.ts';

const silent = createLog('silent');
const nothing = () => Promise.resolve(new Map<string, number>());
const nothingCounted = { devices: nothing, dialects: nothing };
const idle: Omit<States, 'devices' | 'dialects'> = { component: { up: 0, reconnects: 0 }, providers: new Map(), deferred: () => new Map() };

async function series(metrics: { render(): Promise<string> }, name = 'reveille_'): Promise<string[]> {
  return (await metrics.render()).split('\n').filter((line) => line.startsWith(name) && !line.includes('_bucket'));
}

test('every series with known labels begins at 0', async () => {
  const metrics = createMetrics({ providers: ['a'], commands: ['register-device'] });
  assert.deepEqual(await series(metrics), [
    'reveille_publishes_total{answer="result"} 0',
    'reveille_publishes_total{answer="item-not-found"} 0',
    'reveille_publishes_total{answer="internal-server-error"} 0',
    'reveille_publishes_total{answer="bad-request"} 0',
    'reveille_answer_seconds_sum 0',
    'reveille_answer_seconds_count 0',
    'reveille_pushes_total{provider="a",outcome="accepted"} 0',
    'reveille_pushes_total{provider="a",outcome="gone"} 0',
    'reveille_pushes_total{provider="a",outcome="rejected"} 0',
    'reveille_pushes_total{provider="a",outcome="retry"} 0',
    'reveille_push_seconds_sum{provider="a"} 0',
    'reveille_push_seconds_count{provider="a"} 0',
    'reveille_dead_tokens_total{provider="a"} 0',
    'reveille_deferred_total{provider="a"} 0',
    'reveille_deferred_ended_total{provider="a",end="delivered"} 0',
    'reveille_deferred_ended_total{provider="a",end="expired"} 0',
    'reveille_deferred_ended_total{provider="a",end="replaced"} 0',
    'reveille_deferred_ended_total{provider="a",end="gone"} 0',
    'reveille_deferred_ended_total{provider="a",end="dropped"} 0',
    'reveille_registrations_total{command="register-device",result="completed"} 0',
    'reveille_registrations_total{command="register-device",result="bad-request"} 0',
    'reveille_registrations_total{command="register-device",result="forbidden"} 0',
    'reveille_registrations_total{command="register-device",result="internal-server-error"} 0',
    'reveille_registrations_total{command="register-device",result="item-not-found"} 0',
    'reveille_registrations_total{command="register-device",result="not-allowed"} 0',
    'reveille_registrations_total{command="register-device",result="resource-constraint"} 0',
  ]);
});

test('the states are those of the moment of the scrape', async () => {
  let status: ProviderStatus = { ready: true, sessions: 2, credentialExpiresAt: new Date('2027-01-02T03:04:05Z') };
  const component = { up: 0, reconnects: 0 };
  const a = { status: () => status, inFlight: 7 };
  const metrics = createMetrics({ providers: [], commands: [] });
  const providers: States['providers'] = new Map<string, { status(): ProviderStatus }>([
    ['a', a],
    ['b', { status: () => ({ ready: true }) }],
  ]);
  metrics.watch({ component, providers, deferred: () => new Map([['a', { count: 3, oldestSeconds: 60 }]]) }, nothingCounted, silent);
  const states = async () => (await series(metrics)).filter((line) => !/_answer_|publishes/.test(line));
  assert.deepEqual(await states(), [
    'reveille_component_up 0',
    'reveille_component_reconnects_total 0',
    'reveille_log_lines_lost_total 0',
    'reveille_in_flight{provider="a"} 7',
    'reveille_in_flight{provider="b"} 0',
    'reveille_deferred{provider="a"} 3',
    'reveille_deferred{provider="b"} 0',
    'reveille_deferred_oldest_seconds{provider="a"} 60',
    'reveille_deferred_oldest_seconds{provider="b"} 0',
    'reveille_devices{provider="a"} 0',
    'reveille_devices{provider="b"} 0',
    'reveille_dialect_devices{dialect="tigase"} 0',
    'reveille_provider_ready{provider="a"} 1',
    'reveille_provider_ready{provider="b"} 1',
    'reveille_http2_sessions{provider="a"} 2',
    'reveille_credential_expiry_timestamp_seconds{provider="a"} 1798859045',
  ]);
  status = { ready: false, sessions: 1, goaways: new Map([['NO_ERROR', 4]]) };
  Object.assign(component, { up: 1, reconnects: 2 });
  const later = await states();
  for (const line of [
    'reveille_component_up 1',
    'reveille_component_reconnects_total 2',
    'reveille_provider_ready{provider="a"} 0',
    'reveille_http2_goaways_total{provider="a",reason="NO_ERROR"} 4',
  ])
    assert.ok(later.includes(line), `${line} in ${later.join('\n')}`);
  assert.ok(!later.some((line) => line.startsWith('reveille_credential')));
  await metrics.close();
});

test('a provider whose status throws costs its own series and no scrape', async () => {
  const bad = () => {
    throw new Error('a bug');
  };
  const metrics = createMetrics({ providers: ['good', 'bad'], commands: [] });
  const providers = new Map([['bad', { status: bad }], ['good', { status: () => ({ ready: true }) }]]); // prettier-ignore
  metrics.watch({ ...idle, providers, deferred: bad }, nothingCounted, silent);
  assert.deepEqual(await series(metrics, 'reveille_provider_ready'), ['reveille_provider_ready{provider="good"} 1']);
  assert.deepEqual(await series(metrics, 'reveille_deferred{'), []);
  assert.equal((await series(metrics, 'reveille_component_up')).length, 1);
  await metrics.close();
});

test('devices are counted beside the scrape, and what can no longer be counted stays as it was', async () => {
  const counts: PromiseWithResolvers<Map<string, number>>[] = [];
  const count = () => {
    counts.push(Promise.withResolvers());
    return counts.at(-1)!.promise;
  };
  const dialects = () => Promise.resolve(new Map([['p2', 9], ['tigase', 4]])); // prettier-ignore
  const metrics = createMetrics({ providers: ['a'], commands: [] });
  metrics.watch({ ...idle, providers: new Map([['a', { status: () => ({ ready: true }) }]]) }, { devices: count, dialects }, silent);
  assert.deepEqual(await series(metrics, 'reveille_devices'), ['reveille_devices{provider="a"} 0']);
  counts[0]!.resolve(new Map([['a', 12], ['former', 1]])); // prettier-ignore
  await counts[0]!.promise;
  const counted = ['reveille_devices{provider="a"} 12', 'reveille_devices{provider="former"} 1'];
  assert.deepEqual(await series(metrics, 'reveille_devices'), counted);
  for (let scrape = 0; scrape < 100; scrape += 1) await series(metrics);
  assert.equal(counts.length, 1, 'one count a minute at most');
  const byDialect = ['reveille_dialect_devices{dialect="tigase"} 4', 'reveille_dialect_devices{dialect="p2"} 9'];
  assert.deepEqual(await series(metrics, 'reveille_dialect_devices'), byDialect);
  await metrics.close();
});
