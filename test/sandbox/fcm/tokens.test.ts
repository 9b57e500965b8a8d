import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as request1 } from 'node:https';
import test, { type TestContext } from 'node:test';
import type { SandboxFcm } from '../../../src/sandbox/fcm/sandbox-fcm.ts';
import {
  authority,
  buildAssertion,
  buildForm,
  createClient,
  createSandbox,
  createSender,
  exchange,
  fetchToken,
  formHeaders,
  request,
  type Json,
} from './client.ts';

const now = () => Math.floor(Date.now() / 1000);
const shortLived =
  'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';

/** What is wrong with an assertion, and what Google says to it. */
const wrong: readonly (readonly [string, Json, Json, string, string])[] = [
  ['another algorithm', {}, { alg: 'HS256' }, 'invalid_grant', 'Invalid JWT Signature.'],
  ['an unknown key', {}, { kid: 'x' }, 'invalid_grant', 'Invalid JWT Signature.'],
  ['an unknown account', { iss: 'x@example.org' }, {}, 'invalid_grant', 'Invalid grant: account not found'],
  ['no time of issue', { iat: undefined }, {}, 'invalid_grant', 'Invalid JWT: iat (issued at) is not set.'],
  ['no end', { exp: undefined }, {}, 'invalid_grant', 'Invalid JWT: exp (expiration time) is not set.'],
  ['more than an hour of life', { exp: now() + 7200 }, {}, 'invalid_grant', shortLived],
  ['an end in the past', { iat: now() - 3601, exp: now() - 1 }, {}, 'invalid_grant', shortLived],
  ['an issue in the future', { iat: now() + 1200, exp: now() + 1800 }, {}, 'invalid_grant', shortLived],
  ['no scope', { scope: undefined }, {}, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.'],
  [
    'another scope',
    { scope: 'https://www.googleapis.com/auth/drive' },
    {},
    'invalid_scope',
    'Invalid OAuth scope or ID token audience provided.',
  ],
  ['another audience', { aud: 'https://oauth2.googleapis.com/token' }, {}, 'invalid_grant', 'Invalid JWT: Failed audience check.'],
];

for (const [name, claims, head, error, description] of wrong)
  test(`an assertion with ${name}: 400 ${error}`, async (context) => {
    const sandbox = await createSandbox(context);
    const { status, body } = await exchange(context, sandbox, buildAssertion(sandbox.issueServiceAccount(), claims, head));
    assert.deepEqual([status, body], [400, { error, error_description: description }]);
    assert.deepEqual([sandbox.tokenRequests[0]?.status, sandbox.tokenRequests[0]?.error], [400, error]);
  });

test('an assertion signed by another key: 400 invalid_grant', async (context) => {
  const sandbox = await createSandbox(context);
  const [one, other] = [sandbox.issueServiceAccount(), sandbox.issueServiceAccount()];
  const { body } = await exchange(context, sandbox, buildAssertion({ ...one, private_key: other.private_key }));
  assert.deepEqual(body, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' });
});

test('the key of a revoked account signs no more; its access token stays good', async (context) => {
  const sandbox = await createSandbox(context);
  const account = sandbox.issueServiceAccount();
  const { send } = await createSender(context, sandbox, account);
  sandbox.revoke(account);
  const { body } = await exchange(context, sandbox, buildAssertion(account));
  assert.deepEqual(body, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' });
  assert.equal((await send()).status, 200);
});

test('what is no assertion, no such grant and no form: 400 in words', async (context) => {
  const sandbox = await createSandbox(context);
  const session = createClient(context, sandbox.tokenUri);
  const assertion = buildAssertion(sandbox.issueServiceAccount());
  for (const [headers, form, expected] of [
    [{}, buildForm('x'), { error: 'invalid_request', error_description: 'Bad Request' }],
    [{}, buildForm(assertion, 'password'), { error: 'unsupported_grant_type', error_description: 'Invalid grant_type: password' }],
    [
      { 'content-type': 'application/json' },
      buildForm(assertion),
      { error: 'unsupported_grant_type', error_description: 'Invalid grant_type: ' },
    ],
  ] as const) {
    const { status, body } = await request(session, { ...formHeaders, ...headers }, form);
    assert.deepEqual([status, body], [400, expected]);
  }
});

test('another path or another method gets a page', async (context) => {
  const sandbox = await createSandbox(context);
  const session = createClient(context, sandbox.tokenUri);
  for (const headers of [{ ':path': '/' }, { ':method': 'GET' }]) {
    const { status, headers: answered } = await request(session, { ...formHeaders, ...headers }, '');
    assert.deepEqual([status, answered['content-type']], [404, 'text/html; charset=UTF-8']);
  }
});

test('a good assertion gets an access token of the life that was set, and the exchange is written down', async (context) => {
  const sandbox = await createSandbox(context, { tokenLifeSeconds: 120 });
  const account = sandbox.issueServiceAccount();
  const { status, body } = await exchange(context, sandbox, buildAssertion(account));
  assert.deepEqual([status, body?.['expires_in'], body?.['token_type']], [200, 120, 'Bearer']);
  assert.match(String(body?.['access_token']), /^ya29\.c\.[\w-]{100,}$/);
  const { method, path, form, head, claims, status: answered, accessToken } = sandbox.tokenRequests[0]!;
  assert.deepEqual([method, path, answered, accessToken], ['POST', '/token', 200, 1]);
  assert.equal(form['grant_type'], 'urn:ietf:params:oauth:grant-type:jwt-bearer');
  assert.deepEqual([head?.['kid'], claims?.['iss']], [account.private_key_id, account.client_email]);
});

test('the life of an access token is 3599 seconds unless said otherwise', async (context) => {
  const sandbox = await createSandbox(context);
  assert.equal((await exchange(context, sandbox, buildAssertion(sandbox.issueServiceAccount()))).body?.['expires_in'], 3599);
});

test('an assertion need not name its key', async (context) => {
  const sandbox = await createSandbox(context);
  const assertion = buildAssertion(sandbox.issueServiceAccount(), {}, { kid: undefined });
  assert.equal((await exchange(context, sandbox, assertion)).status, 200);
});

test('the scope of the whole platform does as well, and an audience that was allowed', async (context) => {
  const audience = 'https://oauth2.googleapis.com/token';
  const sandbox = await createSandbox(context, { audiences: [audience] });
  const claims = { scope: 'openid https://www.googleapis.com/auth/cloud-platform', aud: audience };
  assert.equal((await exchange(context, sandbox, buildAssertion(sandbox.issueServiceAccount(), claims))).status, 200);
});

/** One exchange over HTTP/1.1, as google-auth-library does it. */
async function exchange1(sandbox: SandboxFcm): Promise<{ readonly response: IncomingMessage; readonly text: string }> {
  const { ':path': path, ...headers } = formHeaders;
  assert.equal(new URL(sandbox.tokenUri).pathname, path);
  const outgoing = request1(sandbox.tokenUri, { method: 'POST', ca: authority.ca, agent: false, headers });
  outgoing.end(buildForm(buildAssertion(sandbox.issueServiceAccount())));
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return { response, text };
}

test('the exchange works over HTTP/1.1 as well', async (context) => {
  const sandbox = await createSandbox(context);
  const { response, text } = await exchange1(sandbox);
  assert.deepEqual([response.httpVersion, response.statusCode], ['1.1', 200]);
  const authorization = `Bearer ${(JSON.parse(text) as { access_token: string }).access_token}`;
  const { send } = await createSender(context, sandbox);
  assert.equal((await send({}, { authorization })).status, 200);
  assert.equal(sandbox.pushes[0]?.accessToken, 1);
});

test('over HTTP/1.1 a misbehaviour is done as well: an error, and a cut', async (context) => {
  const sandbox = await createSandbox(context);
  sandbox.misbehaveTokens({ kind: 'answer', status: 503, retryAfter: 7 });
  const { response } = await exchange1(sandbox);
  assert.deepEqual([response.statusCode, response.headers['retry-after']], [503, '7']);
  sandbox.misbehaveTokens({ kind: 'disconnect', how: 'rst' });
  await assert.rejects(exchange1(sandbox), { code: 'ECONNRESET' });
});

async function tryExchange(context: TestContext, sandbox: SandboxFcm) {
  return exchange(context, sandbox, buildAssertion(sandbox.issueServiceAccount()));
}

test('a token request is answered on order with an error, and the next is in order', async (context) => {
  const sandbox = await createSandbox(context);
  sandbox.misbehaveTokens({ kind: 'answer', status: 500, error: 'internal_failure', description: 'Backend Error' });
  const { status, body } = await tryExchange(context, sandbox);
  assert.deepEqual([status, body], [500, { error: 'internal_failure', error_description: 'Backend Error' }]);
  assert.equal((await tryExchange(context, sandbox)).status, 200);
  assert.deepEqual(
    sandbox.tokenRequests.map((one) => one.status),
    [500, 200],
  );
});

test('a token request that is answered with half its JSON', async (context) => {
  const sandbox = await createSandbox(context);
  sandbox.misbehaveTokens({ kind: 'truncate' });
  const { status, body, text } = await tryExchange(context, sandbox);
  assert.deepEqual([status, body], [200, undefined]);
  assert.match(text, /^\{"access_token":"ya29/);
});

test('a delayed token request is answered after one that came later', async (context) => {
  const sandbox = await createSandbox(context);
  const [slow, quick] = [sandbox.issueServiceAccount(), sandbox.issueServiceAccount()];
  sandbox.misbehaveTokens({ kind: 'delay', ms: 300 });
  const session = createClient(context, sandbox.tokenUri);
  await Promise.all([slow, quick].map((account) => request(session, formHeaders, buildForm(buildAssertion(account)))));
  assert.deepEqual(
    sandbox.tokenRequests.map(({ claims }) => claims?.['iss']),
    [quick.client_email, slow.client_email],
  );
});

test('a token request under silence hangs until the sandbox closes, and is not written down', async (context) => {
  const sandbox = await createSandbox(context);
  sandbox.misbehaveTokens({ kind: 'silence' });
  const hanging = tryExchange(context, sandbox);
  assert.equal((await tryExchange(context, sandbox)).status, 200);
  assert.equal(sandbox.tokenRequests.length, 1);
  await sandbox.close();
  assert.equal((await hanging).status, undefined);
});

test('every account has a key of its own in a file like Google’s, and every access token a number', async (context) => {
  const sandbox = await createSandbox(context);
  const [one, other] = [sandbox.issueServiceAccount(), sandbox.issueServiceAccount()];
  assert.notEqual(one.private_key, other.private_key);
  assert.deepEqual([one.type, one.project_id, one.token_uri], ['service_account', 'sandbox-project', sandbox.tokenUri]);
  assert.match(one.client_email, /@sandbox-project\.iam\.gserviceaccount\.com$/);
  assert.match(one.client_id, /^\d{21}$/);
  assert.notEqual(await fetchToken(context, sandbox, one), await fetchToken(context, sandbox, one));
  assert.equal(sandbox.tokenRequests[1]?.accessToken, 2);
});
