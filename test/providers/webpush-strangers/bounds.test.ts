import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { Admission } from '../../../providers/webpush/lines/admission.ts';
import { Lines } from '../../../providers/webpush/lines/lines.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { never } from '../kit.ts';
import { authority, createService, type Service } from '../webpush/service.ts';

const places = { newcomer: 2, newcomers: 3, proven: 4 };

describe('the places for pushes under way', () => {
  const enter = (admission: Admission, origin: string, times: number) =>
    Array.from({ length: times }, () => admission.enter(origin)).filter((leave) => leave !== undefined);

  test('are few for a service that never took a push, and for all such services together', () => {
    const admission = new Admission(places);
    assert.equal(enter(admission, 'a', 5).length, 2);
    assert.equal(enter(admission, 'b', 5).length, 1);
    assert.equal(enter(admission, 'c', 5).length, 0);
  });

  test('are more for one that took a push, whatever the others do', () => {
    const admission = new Admission(places);
    admission.enter('good')?.('accepted');
    enter(admission, 'bad', 5);
    enter(admission, 'worse', 5);
    assert.equal(enter(admission, 'good', 9).length, 4);
  });

  test('come back with each that leaves, and a refusal earns no standing', () => {
    const admission = new Admission(places);
    for (const leave of enter(admission, 'a', 5)) leave('answered');
    assert.equal(admission.isProven('a'), false);
    assert.equal(enter(admission, 'a', 5).length, 2);
  });

  test('are few again for one that stops answering, until it takes a push', () => {
    const admission = new Admission(places);
    admission.enter('a')?.('accepted');
    for (let push = 0; push < 19; push += 1) admission.enter('a')?.('unanswered');
    assert.equal(admission.isProven('a'), true);
    admission.enter('a')?.('unanswered');
    assert.equal(admission.isProven('a'), false);
    admission.enter('a')?.('accepted');
    assert.equal(enter(admission, 'a', 9).length, 4);
  });
});

describe('connections to many services', () => {
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

  function open(context: TestContext, mostLines: number): Lines {
    const lines = new Lines({ buildEndpoint: (origin) => ({ origin, ca: authority.ca }), log, mostLines });
    context.after(() => lines.close());
    return lines;
  }

  function send(lines: Lines, { origin }: Service, signal = never) {
    return lines.request(origin, (authority) => ({
      headers: [':method', 'POST', ':scheme', 'https', ':authority', authority, ':path', '/push/a'],
      body: '',
      deadline: performance.now() + 20_000,
      signal,
    }));
  }

  test('are closed where they were unused longest, when there are too many', async (context) => {
    const services = [await createService(context), await createService(context), await createService(context)];
    const lines = open(context, 2);
    for (const service of services) assert.equal((await send(lines, service)).kind, 'answered');
    assert.equal(lines.sessions, 2);
    await send(lines, services[2]!);
    await send(lines, services[1]!);
    await send(lines, services[0]!);
    assert.deepEqual(
      services.map(({ connections }) => connections),
      [2, 1, 1],
    );
  });

  test('in use are not closed for another one, which is told to come back', async (context) => {
    const [busy, other] = [await createService(context), await createService(context)];
    busy.behave(() => 'silence');
    const lines = open(context, 1);
    const abort = new AbortController();
    const hanging = send(lines, busy, abort.signal);
    await waitFor('the push at the busy service', () => busy.received.length > 0);
    assert.deepEqual(await send(lines, other), { kind: 'unsent', reason: 'connections to too many push services', afterMs: 2_000 });
    abort.abort();
    assert.equal((await hanging).kind, 'in-doubt');
    assert.equal((await send(lines, other)).kind, 'answered');
  });

  test('are not made any more after the end', async (context) => {
    const service = await createService(context);
    const lines = open(context, 1);
    await lines.close();
    assert.deepEqual(await send(lines, service), { kind: 'unsent', reason: 'closing' });
    assert.equal(service.connections, 0);
  });
});
