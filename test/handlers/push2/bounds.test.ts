import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { anna, push, startTestApp } from '../../helpers/app.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { createBrowser } from '../../providers/webpush/browser.ts';
import { createService } from '../../providers/webpush/service.ts';
import { buildMessage, errorOf, seal } from './notifications.ts';
import { startStage, type Push2Stage } from './stage.ts';

const payload = seal('<envelope/>', createBrowser());
const late = (message: string) => errorOf(message, 'wait', 'internal-server-error', 'try again later');
const delivery = { answerWithinMs: 1_000, defaultTtlMs: 14_400_000, voipTtlMs: 30_000, updateIntervalMs: 20_000 };

async function start(context: TestContext, ...how: Parameters<typeof startStage>): Promise<Push2Stage> {
  const stage = await startStage(...how);
  context.after(() => stage.close());
  return stage;
}

async function discover({ app }: Pick<Push2Stage, 'app'>): Promise<string> {
  return app.ask(`<iq type='get' id='d' from='${anna}/x' to='${push}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`);
}

describe('Push 2.0', () => {
  test('is off unless asked for: neither answered nor announced', async (context) => {
    const app = await startTestApp();
    context.after(() => app.close());
    const client = 'https://localhost:1/a';
    app.peer.write(buildMessage({ client, payload }, undefined, 'never'));
    app.peer.write(buildMessage({ client, more: '<a>'.repeat(100) + '</a>'.repeat(100) }, undefined, 'never-read'));
    assert.ok(!(await discover({ app })).includes('push2'));
    assert.deepEqual(app.peer.stanzas.filter(({ name }) => name === 'message').map(String), []);
    assert.ok(!app.log.some((line) => line.includes('dialect-experimental')));
  });

  test('is announced where it is on, and serves the servers of the domains that may register, as themselves or for an account', async (context) => {
    const stage = await start(context, { component: { registrants: ['example.net'] } });
    assert.match(await discover(stage), /<feature var="urn:xmpp:push2:0"\/>/);
    const { client } = await hangUp(context);
    for (const from of ['example.net', 'example.net/5f0c', 'anna@example.net']) {
      const message = buildMessage({ client, payload }, from);
      assert.equal(await stage.app.ask(message), late(message));
    }
    for (const from of ['example.org', 'sub.example.net', 'anna@example.org', 'anna@example.net/phone'])
      assert.match(await stage.app.ask(buildMessage({ client, payload }, from)), /<error type="auth"><forbidden /);
  });

  test('does not start where no provider could take part in it, and says what to do', () =>
    assert.rejects(startTestApp({ dialects: { push2: { allowHosts: ['localhost'] } } }), (error: AggregateError) =>
      /no provider of this configuration can relay/.test((error.errors as Error[])[0]?.message ?? ''),
    ));

  test('sends nothing to an endpoint that the provider itself does not allow', async (context) => {
    const stage = await start(context, {}, { 'allow-private': [] });
    const service = await createService(context);
    const message = buildMessage({ client: `${service.origin}/a`, payload });
    const text = 'the address has a host that is no name on the internet';
    assert.equal(await stage.app.ask(message), errorOf(message, 'modify', 'not-acceptable', text));
    assert.equal(service.connections, 0);
  });
});

/** An endpoint at a service that breaks every connection. */
async function hangUp(context: TestContext): Promise<{ readonly client: string }> {
  const service = await createService(context);
  service.behave(() => 'hang-up');
  return { client: `${service.origin}/send/a` };
}

describe('a push service that never answers', () => {
  test('costs a server an error of type wait within answer-within, and beyond the places that there are at once', async (context) => {
    const stage = await start(context, { delivery, limits: { devicesPerOwner: 25, registrationsPerMinute: 100, inFlight: 3 } });
    const service = await createService(context);
    service.behave(() => 'silence');
    const messages = Array.from({ length: 5 }, (_, index) => buildMessage({ client: `${service.origin}/${index}`, payload }));
    const answers = await Promise.all(messages.map((message) => stage.app.ask(message)));
    assert.equal(answers[4], errorOf(messages[4] ?? '', 'wait', 'internal-server-error', 'busy'));
    assert.equal(answers[0], late(messages[0] ?? ''));
  });

  test('keeps the program from ending no longer than any other push, and the server is told to try later', async (context) => {
    const stage = await startStage();
    const service = await createService(context);
    service.behave(() => 'silence');
    const message = buildMessage({ client: `${service.origin}/a`, payload });
    const answer = stage.app.ask(message);
    await waitFor('the push at the service', () => service.received.length > 0);
    const closed = stage.close();
    assert.equal(await answer, late(message));
    await closed;
  });
});
