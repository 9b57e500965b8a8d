import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, test, type TestContext } from 'node:test';
import { createBrowser } from '../../providers/webpush/browser.ts';
import { createService, type Behaviour, type Service } from '../../providers/webpush/service.ts';
import { buildMessage, errorOf, seal, signJwt, type Content } from './notifications.ts';
import { startStage, type Push2Stage } from './stage.ts';

let stage: Push2Stage;
before(async () => (stage = await startStage()));
after(() => stage.close());

const envelope = `<envelope xmlns='urn:xmpp:sce:1'><content/></envelope>`;
const browser = createBrowser();
const payload = seal(envelope, browser);

/** A push service with an endpoint that nobody has pushed to yet. */
async function createEndpoint(context: TestContext, behaviour?: Behaviour): Promise<Service & { readonly client: string }> {
  const service = await createService(context);
  if (behaviour !== undefined) service.behave(behaviour);
  return Object.assign(service, { client: `${service.origin}/send/${randomUUID()}` });
}

/** Whole XML in, whole XML out. */
function refuses(message: string, type: string, condition: string, text: string): Promise<void> {
  return stage.app.ask(message).then((answer) => assert.equal(answer, errorOf(message, type, condition, text)));
}

describe('a notification for a Web Push endpoint', () => {
  test('is posted as it came, under the token of the server, and is not answered', async (context) => {
    const { client, origin, received } = await createEndpoint(context);
    const jwt = signJwt({ aud: origin, exp: Math.floor(Date.now() / 1000) + 3600, sub: 'xmpp:example.net' });
    const message = buildMessage({ client, payload, jwt, priority: 'high' });
    stage.app.peer.write(message);
    await stage.ended('accepted', 1);
    const [push] = received;
    assert.ok(push);
    assert.equal(push.body.toString('base64'), payload);
    assert.equal(browser.read(push.body).toString(), envelope);
    const { ttl, urgency, topic, authorization } = push.headers;
    assert.equal(authorization, `vapid t=${jwt.token}, k=${Buffer.from(jwt.key, 'base64').toString('base64url')}`);
    assert.deepEqual([urgency, topic, push.headers['content-encoding']], ['high', undefined, 'aes128gcm']);
    assert.ok(Number(ttl) > 14_300 && Number(ttl) <= 14_400, String(ttl));
    assert.equal(push.path, new URL(client).pathname);
    assert.deepEqual(await stage.answers(), []);
  });

  test('without token and content is a push without either', async (context) => {
    const { client, received } = await createEndpoint(context);
    stage.app.peer.write(buildMessage({ client, priority: 'low' }));
    await stage.ended('accepted', 2);
    const { headers, body } = received[0]!;
    assert.deepEqual([headers.authorization, headers['content-encoding'], headers['content-type']], [undefined, undefined, undefined]);
    assert.deepEqual([headers['urgency'], body.length], ['low', 0]);
  });

  test('about a call lives as long as a call', async (context) => {
    const { client, received } = await createEndpoint(context);
    stage.app.peer.write(buildMessage({ client, payload, priority: 'high', more: '<voip/>' }));
    await stage.ended('accepted', 3);
    assert.ok(Number(received[0]!.headers['ttl']) <= 30, String(received[0]!.headers['ttl']));
  });

  test('pretty-printed, with children that nobody knows, arrives all the same', async (context) => {
    const { client, received } = await createEndpoint(context);
    const pretty = buildMessage({ client: `\n  ${client}\n`, payload: payload.replace(/.{76}/g, '$&\n'), more: `<x xmlns='urn:other'/>` });
    stage.app.peer.write(pretty.replace('><notification', '>\n  <body>You have a message</body>\n  <notification'));
    await stage.ended('accepted', 4);
    assert.equal(received[0]!.body.toString('base64'), payload);
  });
});

describe('what a push service answers', () => {
  const tells = async (context: TestContext, behaviour: Behaviour) => {
    const endpoint = await createEndpoint(context, behaviour);
    return { ...endpoint, host: new URL(endpoint.client).host, message: () => buildMessage({ client: endpoint.client, payload }) };
  };

  for (const status of [404, 410])
    test(`${status}, the subscription is over: item-not-found, and the service is not asked about it again`, async (context) => {
      const { message, received } = await tells(context, () => ({ status }));
      for (let round = 0; round < 3; round += 1)
        await refuses(message(), 'cancel', 'item-not-found', 'the push service knows no such client any more');
      assert.equal(received.length, 1);
    });

  for (const status of [429, 500, 503])
    test(`${status}, not now: an error of type wait, which the server may retry`, async (context) => {
      const { message } = await tells(context, () => ({ status, headers: { 'retry-after': '60' } }));
      await refuses(message(), 'wait', 'internal-server-error', 'try again later');
    });

  for (const status of [400, 401, 403, 413])
    test(`${status}, this notification or its token: an error that is not retried, and nobody doubts our key`, async (context) => {
      const { message, host } = await tells(context, () => ({ status }));
      const text = `the push service does not take this notification: ${host} answers ${status}`;
      await refuses(message(), 'modify', 'not-acceptable', text);
      assert.ok(!stage.app.log.some((line) => line.includes('webpush-refused')));
    });

  test('a redirect is not followed', async (context) => {
    const elsewhere = await createEndpoint(context);
    const { message, host } = await tells(context, () => ({ status: 307, headers: { location: elsewhere.client } }));
    const text = `the push service does not take this notification: ${host} answers 307, and redirects are not followed`;
    await refuses(message(), 'modify', 'not-acceptable', text);
    assert.equal(elsewhere.connections, 0);
  });

  test('nothing at all, a connection that breaks: wait', async (context) => {
    const { message } = await tells(context, () => 'hang-up');
    await refuses(message(), 'wait', 'internal-server-error', 'try again later');
  });
});

describe('an address', () => {
  let service: Service & { readonly client: string };
  beforeEach(async (context) => (service = await createEndpoint(context as TestContext)));
  afterEach(() => assert.equal(service.connections, 0));
  const addresses: Readonly<Record<string, readonly [client: (service: Service) => string, text: string]>> = {
    'at a host that allow-hosts does not name': [() => 'https://push.example/send/a', 'is at a host that is not relayed to from here'],
    'below a name that only its children are named of': [() => 'https://push.example./x', 'is at a host that is not relayed to from here'],
    'that hides its host behind a user': [
      ({ port }) => `https://localhost:${port}@evil.example/a`,
      'is at a host that is not relayed to from here',
    ],
    'with a user': [({ port }) => `https://a:b@localhost:${port}/a`, 'has a user or a password'],
    'that is not https': [({ port }) => `http://localhost:${port}/a`, 'is not https'],
    'that is no URL': [() => 'N1', 'is no URL'],
    'with a port that belongs to mail': [
      () => 'https://a.push.example:25/',
      'has a port that belongs to other services (below 1024, and not 443)',
    ],
    'that is a private one, though allow-hosts names it': [
      ({ port }) => `https://127.0.0.1:${port}/a`,
      'is at a private, local or reserved address, which allow-private does not name',
    ],
  };
  for (const [what, [client, text]] of Object.entries(addresses))
    test(`${what} is not acceptable, and nobody is connected to`, () =>
      refuses(buildMessage({ client: client(service), payload }), 'modify', 'not-acceptable', `the address ${text}`));
});

describe('a message', () => {
  const client = 'https://localhost:1/a';
  const jwt = signJwt({ aud: 'https://localhost:1' });
  const bad: Readonly<Record<string, readonly [Content, text: string]>> = {
    'without a client': [{ payload }, 'the notification has no client'],
    'with a client that is a novel': [{ client: `https://localhost/${'a'.repeat(1_000)}` }, 'the client is longer than 1000 characters'],
    'whose payload is not base64': [{ client, payload: 'a&lt;b' }, 'the payload is not base64'],
    'with an empty payload': [{ client, payload: '' }, 'the payload is not base64'],
    'whose payload is too short for a header': [
      { client, payload: Buffer.alloc(102, 65).toString('base64') },
      'the payload is no message in the content encoding aes128gcm',
    ],
    'whose payload has a key id of another length': [
      { client, payload: Buffer.alloc(200).toString('base64') },
      'the payload is no message in the content encoding aes128gcm',
    ],
    'with more than 4096 bytes': [{ client, payload: Buffer.alloc(4_097, 65).toString('base64') }, 'the payload is larger than 4096 bytes'],
    'with a token that would end the header': [
      { client, payload, jwt: { ...jwt, token: `${jwt.token}\r\nx-injected: yes` } },
      'the jwt is no signed token',
    ],
    'with a token without a signature': [{ client, payload, jwt: { ...jwt, token: 'a.b' } }, 'the jwt is no signed token'],
    'with an endless token': [{ client, payload, jwt: { ...jwt, token: `a.${'b'.repeat(2_048)}.c` } }, 'the jwt is no signed token'],
    'with a key that is no point': [
      { client, payload, jwt: { ...jwt, key: Buffer.alloc(65).toString('base64') } },
      'the key of the jwt is no public key of P-256 in base64',
    ],
  };
  for (const [what, [content, text]] of Object.entries(bad))
    test(`${what} is a bad request`, () => refuses(buildMessage(content), 'modify', 'bad-request', text));

  test('too deep to be read is not acceptable, where any message would have been read', () => {
    const id = randomUUID();
    const message = buildMessage({ client, more: '<a>'.repeat(100) + '</a>'.repeat(100) }, undefined, id);
    return refuses(message, 'modify', 'not-acceptable', 'this stanza is too deep');
  });

  test('of a client, and not of a server, is forbidden', () =>
    refuses(
      buildMessage({ client, payload }, 'anna@example.net/phone'),
      'auth',
      'forbidden',
      'notifications are taken from the servers of some domains only, and not from clients',
    ));

  test('that is an error, a result of nothing or without a notification is not answered', async () => {
    const sent = (await stage.answers()).length;
    const message = buildMessage({ payload });
    stage.app.peer.write(message.replace('<message ', `<message type='error' `));
    stage.app.peer.write(message.replace(`xmlns='urn:xmpp:push2:0'`, `xmlns='urn:xmpp:push2:1'`));
    stage.app.peer.write(`<message from='anna@example.net/phone' to='push.test' id='m'><body>hello</body></message>`);
    assert.equal((await stage.answers()).length, sent);
  });

  test('dressed as an IQ is no request that anybody handles', async () => {
    const dressed = buildMessage({ client, payload }).replace('<message ', `<iq type='message' `).replace('</message>', '</iq>');
    assert.match(await stage.app.ask(dressed), /^<iq type="error" [^>]+><error type="cancel"><service-unavailable/);
  });
});

test('the log says that it is an experiment, and no line holds an endpoint, a token or what was encrypted', () => {
  const start = stage.app.log.find((line) => line.includes('dialect-experimental'));
  assert.match(start ?? '', /"dialect":"push2"/);
  const text = stage.app.log.join('');
  for (const secret of ['/send/', payload, 'eyJ']) assert.ok(!text.includes(secret), secret);
});
