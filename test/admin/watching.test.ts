import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Chart, Point } from '../../src/admin/history/history.ts';
import type { State } from '../../src/admin/state/state.ts';
import { buildPseudonyms } from '../../src/log/pseudonyms.ts';
import { anna, apns, fcm, push, startTestApp, type TestApp } from '../helpers/app.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { ask, openStream, urlOf, type PushStep } from './client.ts';

let published = 0;

function publish(app: TestApp, node: string): Promise<string> {
  published += 1;
  return app.ask(
    `<iq type='set' id='p${published}' from='example.net' to='${push}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'>` +
      `<item><notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data'><field var='last-message-body'><value>hush</value></field></x></notification>` +
      `</item></publish></pubsub></iq>`,
  );
}

describe('the status page shows', () => {
  let app: TestApp;
  before(async () => {
    app = await startTestApp({ admin: {} });
  });
  after(() => app.close());

  test('how the program is doing', async () => {
    const { status, json } = await ask<State>(app, '/api/state');
    assert.equal(status, 200);
    const { version, ready, component, database, providers, devices, failures } = json;
    assert.deepEqual([version, ready, failures], ['0.0.0-test', true, []]);
    assert.ok(Math.abs(Date.parse(component.since ?? '') - Date.now()) < 60_000);
    assert.deepEqual(component, {
      jid: push,
      server: `127.0.0.1:${app.server.port}`,
      up: true,
      connectionsUp: 1,
      connections: 1,
      reconnects: 0,
      since: component.since,
    });
    assert.deepEqual(database, { ok: true, kind: 'postgres' });
    assert.deepEqual(
      providers.map(({ id, state }) => [id, state]),
      [
        [apns, 'working'],
        [fcm, 'working'],
      ],
    );
    assert.equal('localPush' in json, false, 'it is off');
    assert.deepEqual(Object.keys(devices), ['total', 'byProvider', 'byDialect', 'byDomain']);
  });

  test('why pushes fail, in words with what to do, and how often', async () => {
    const node = await app.register(`reject-${'1'.repeat(20)}`);
    await publish(app, node);
    const failure = await waitFor<object>('a failure', async () => (await ask<State>(app, '/api/state')).json.failures[0]);
    assert.deepEqual(
      { ...failure, at: '' },
      {
        at: '',
        provider: apns,
        words: 'the push service refuses a push: PayloadTooLarge',
        advice:
          "fine if it is about the token; else correct the credentials in the provider's table; reveille doctor says what is wrong with them",
        count: 1,
      },
    );
  });

  test('how it was, with nothing where nothing is known', async () => {
    for (const [range, size, step] of [['5m', 300, 1], ['1h', 360, 10], ['1d', 288, 300]] as const) {
      const { json } = await ask<Chart>(app, `/api/history?range=${range}`);
      assert.deepEqual([json.range, json.step, json.from % step], [range, step, 0]);
      assert.deepEqual(Object.keys(json.series), ['publishes', 'results', 'refusals', 'accepted', 'gone', 'retried', 'rejected', 'deadTokens', 'answerP50', 'answerP99', 'waiting']);
      for (const values of Object.values(json.series)) assert.equal(values.length, size);
      assert.equal(json.series.publishes[0], null);
    } // prettier-ignore
    assert.equal((await ask<Chart>(app, '/api/history')).json.range, '5m');
    assert.equal((await ask<Chart>(app, '/api/history?range=1y')).status, 400);
  });

  test('what happens, second by second, to whoever watches', async () => {
    const stream = await openStream(app, '/api/events');
    try {
      const { data: state } = await stream.next<State>('state');
      assert.equal(state.component.jid, push);
      const node = await app.register(`accept-${'2'.repeat(20)}`);
      await publish(app, node);
      for (;;) {
        const { data } = await stream.next<Point>('point');
        if (data.publishes === 0) continue;
        assert.deepEqual([data.publishes, data.results, data.accepted, data.refusals, data.waiting], [1, 1, 1, 0, 0]);
        assert.ok((data.answerP50 ?? 0) > 0 && (data.answerP99 ?? 0) >= (data.answerP50 ?? 0));
        break;
      }
      const counted = await waitFor('the second to be over', async () =>
        (await ask<Chart>(app, '/api/history?range=5m')).json.series.publishes.includes(1),
      );
      assert.ok(counted);
      await waitFor('the viewer to be counted', async () => (await ask<State>(app, '/api/state')).json.viewers === 1);
    } finally {
      stream.close();
    }
    await waitFor('the viewer to be gone', async () => (await ask<State>(app, '/api/state')).json.viewers === 0);
  });

  test('what becomes of each push: published, decided, answered, without names', async () => {
    const nodes = { good: await app.register(`accept-${'3'.repeat(20)}`), bad: await app.register(`retry-${'4'.repeat(20)}`, anna, fcm) };
    const stream = await openStream(app, '/api/pushes');
    const take = async (count: number): Promise<PushStep[]> => {
      const events: PushStep[] = [];
      while (events.length < count) events.push((await stream.next<PushStep>('push')).data);
      return events;
    };
    try {
      await publish(app, nodes.good);
      const [first, second, third] = await take(3);
      const names = buildPseudonyms(app.config.component.secret);
      const common = { id: first?.id, provider: apns, owner: names.jid(anna), device: names.node(nodes.good) };
      assert.deepEqual({ ...first, at: '' }, { ...common, at: '', step: 'publish', kind: 'message' });
      assert.deepEqual({ ...second, at: '' }, { ...common, at: '', step: 'decision', decision: 'try' });
      assert.deepEqual({ ...third, at: '', ms: 0 }, { ...common, at: '', step: 'outcome', outcome: 'accepted', ms: 0 });
      assert.equal(typeof third?.ms, 'number');
      await publish(app, nodes.bad);
      const steps = (await take(4)).map(({ step, decision, outcome, reason }) => [step, decision ?? outcome, reason]);
      assert.deepEqual(steps, [
        ['publish', undefined, undefined],
        ['decision', 'try', undefined],
        ['outcome', 'retry', 'ServiceUnavailable'],
        ['decision', 'kept', 'ServiceUnavailable'],
      ]);
    } finally {
      stream.close();
    }
  });

  test('of pushes only those of a provider, an owner or an outcome, where that is asked', async () => {
    const owner = 'bob@example.net';
    const theirs = await app.register(`accept-${'5'.repeat(20)}`, owner);
    const others = await app.register(`gone-${'6'.repeat(20)}`);
    const names = buildPseudonyms(app.config.component.secret);
    const paths = [
      `owner=${owner.toUpperCase()}/x`,
      `owner=${names.jid(owner)}`,
      `provider=${encodeURIComponent(apns)}&outcome=accepted`,
      'outcome=unknown',
    ];
    const streams = await Promise.all(paths.map((path) => openStream(app, `/api/pushes?${path}`)));
    try {
      await publish(app, others);
      await publish(app, theirs);
      await publish(app, 'no-such-node');
      for (const stream of streams.slice(0, 3)) {
        const { data } = await stream.next<PushStep>('push');
        assert.deepEqual([data.step, data.owner], ['publish', names.jid(owner)]);
      }
      const { data } = await streams[3]!.next<PushStep>('push');
      assert.deepEqual([data.step, data.outcome, data.provider, data.owner], ['outcome', 'unknown', undefined, undefined]);
    } finally {
      for (const stream of streams) stream.close();
    }
    assert.equal((await ask(app, '/api/pushes?outcome=fine')).status, 400);
  });

  test('nothing to more than may watch at once, and says so', async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, () => openStream(app, '/api/pushes')));
    try {
      const { status, json } = await ask(app, '/api/pushes');
      assert.equal(status, 503);
      assert.match(json.error ?? '', /^20 watch already/);
      const node = await app.register(`accept-${'7'.repeat(20)}`);
      assert.match(await publish(app, node), /type="result"/);
    } finally {
      for (const stream of streams) stream.close();
    }
    // Whoever leaves makes room.
    await waitFor('room', async () => {
      const response = await fetch(urlOf(app, '/api/pushes'), { headers: { authorization: `Bearer ${app.config.admin!.token}` } });
      await response.body?.cancel();
      return response.status === 200;
    }); // prettier-ignore
  });
});
