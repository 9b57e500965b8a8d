import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTestApp } from '../helpers/app.ts';
import type { TestApp } from '../helpers/app.ts';
import { publishes } from '../handlers/publishes.ts';

const use = (file: string) => new URL(file, import.meta.url).pathname;
const providers = [
  { id: 'hanging', use: use('bad-providers/hanging.ts'), options: {} },
  { id: 'throwing', use: use('bad-providers/throwing.ts'), options: {} },
  { id: 'rubbish', use: use('bad-providers/rubbish.ts'), options: {} },
  { id: 'accepting', use: use('../helpers/scripted-provider.ts'), options: {} },
];
const share = 50;
const build = publishes['MongooseIM']!;

describe('providers that hang, throw and settle with rubbish beside one that accepts', () => {
  let app: TestApp;
  const nodes: Record<string, string> = {};
  let number = 0;

  before(async () => {
    app = await startTestApp({ providers, limits: { inFlight: providers.length * share }, delivery: { answerWithinMs: 5_000 } });
    for (const { id } of providers) nodes[id] = await app.register(`token-of-${id}/+`, 'anna@example.net', id);
  });
  after(() => app.close());

  /** Publishes that many times at once to the device of each provider; returns the ids of the publishes. */
  function publish(counts: Readonly<Record<string, number>>): string[] {
    const ids: string[] = [];
    let text = '';
    for (let left = Math.max(...Object.values(counts)); left > 0; left -= 1)
      for (const [provider, count] of Object.entries(counts)) {
        if (left > count) continue;
        const id = `${provider}-${(number += 1)}`;
        ids.push(id);
        text += build(nodes[provider]!, id);
      }
    app.peer.write(text);
    return ids;
  }

  const answered = (ids: readonly string[]) => app.peer.stanzas.filter(({ attrs }) => ids.includes(attrs['id'] as string));

  /** How publishes to each provider were answered, as soon as all are. */
  async function answersTo(ids: readonly string[]): Promise<Record<string, string[]>> {
    await app.peer.until(() => answered(ids).length === ids.length, 'all answers');
    const kinds: Record<string, string[]> = {};
    for (const stanza of answered(ids)) {
      const provider = String(stanza.attrs['id']).split('-')[0]!;
      const error = stanza.getChild('error');
      const kind =
        error === undefined
          ? String(stanza.attrs['type'])
          : `${error.attrs['type'] as string}/${error.children
              .map((child) => (typeof child === 'string' ? '' : child.name))
              .filter((name) => name !== 'text')
              .join()}`;
      kinds[provider] = [...new Set([...(kinds[provider] ?? []), kind])];
    }
    return kinds;
  }

  const lines = (event: string) =>
    app.log.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line['event'] === event);

  async function get(path: string): Promise<{ status: number; text: string }> {
    const response = await fetch(`http://127.0.0.1:${app.app.httpPort}${path}`);
    return { status: response.status, text: await response.text() };
  }

  test('all pushes are acknowledged: those of the accepting one are accepted, those of the others kept for later', async () => {
    const ids = publish({ throwing: share, rubbish: share, accepting: share });
    assert.deepEqual(await answersTo(ids), { throwing: ['result'], rubbish: ['result'], accepting: ['result'] });
  });

  test('beyond the share of the hanging one pushes are kept at once, and the others are not delayed by those within', async () => {
    const more = 30;
    const hanging = publish({ hanging: share + more });
    await app.peer.until(() => answered(hanging).length >= more, 'those that found no place');
    assert.equal(answered(hanging).length, more);
    const others = publish({ accepting: share, throwing: 10 });
    assert.deepEqual((await answersTo(others))['accepting'], ['result']);
    assert.equal(answered(hanging).length, more, 'the hanging ones were still waiting');
    assert.deepEqual(await answersTo(hanging), { hanging: ['result'] });
    assert.deepEqual(
      lines('provider-busy').map(({ provider, share: places }) => [provider, places]),
      [['hanging', share]],
    );
  });

  test('readiness and metrics answer, and say which provider is not well', async () => {
    const ready = await get('/readyz');
    assert.equal(ready.status, 200, ready.text);
    const states = (JSON.parse(ready.text) as { providers: Record<string, string> }).providers;
    assert.deepEqual(
      [states['accepting'], states['throwing'], states['rubbish']],
      ['ok', "it can't tell its status", "it can't tell its status"],
    );
    const metrics = await get('/metrics');
    assert.equal(metrics.status, 200);
    assert.match(metrics.text, /^reveille_component_up 1$/m);
  });

  test('the log names the provider and the place of its bug, once for many, and nothing that it was given', () => {
    const failures = lines('provider-failed');
    assert.deepEqual(new Set(failures.map(({ provider }) => provider)), new Set(['throwing', 'rubbish']));
    assert.ok(failures.length < 10, `${failures.length} lines`);
    assert.ok(failures.some(({ at }) => JSON.stringify(at).includes('throwing.ts')));
    const text = app.log.join('');
    for (const secret of ['token-of-', 'New Message', 'anna@example.net', encodeURIComponent('token-of-throwing/+')])
      assert.ok(!text.includes(secret), `the log has ${secret}`);
  });

  test('the program ends though one does not close and one fails at it', async () => {
    await app.app.close();
    assert.deepEqual(
      lines('provider-not-closed')
        .map(({ provider, error }) => [provider, error])
        .toSorted(),
      [
        ['hanging', 'TimeoutError'],
        ['throwing', 'Error'],
      ],
    );
  });
});
