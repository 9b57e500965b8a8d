import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer as createPageServer } from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import test, { type TestContext } from 'node:test';
import { createServer as createPlainServer } from '../../src/base/node/http.ts';
import type { Finding } from '../../src/index.ts';
import { buildAuthority } from '../../src/sandbox/authority.ts';
import { authority, createStage, topic } from '../providers/apns/stage.ts';
import { createBlackHole } from './black-hole.ts';
import { createConnectProxy, password } from '../providers/http2/connect-proxy.ts';

const never = new AbortController().signal;

/** What an APNs provider with these options finds on the way. */
async function diagnose(context: TestContext, options: Readonly<Record<string, unknown>>, signal = never): Promise<readonly Finding[]> {
  const { create, captured } = await createStage(context);
  const findings = (await create('token', options).diagnose?.(signal)) ?? [];
  for (const finding of findings) assert.equal(finding.advice === undefined, finding.verdict === 'ok', JSON.stringify(finding));
  for (const secret of [password, encodeURIComponent(password), 'hidden-word'])
    assert.ok(!`${JSON.stringify(findings)}${captured.text()}`.includes(secret), 'a password is shown');
  return findings;
}

/** The last step, which is the only one that failed. */
function failureOf(findings: readonly Finding[]): Finding {
  const [failed, ...more] = findings.filter(({ verdict }) => verdict !== 'ok');
  assert.ok(failed !== undefined && more.length === 0, JSON.stringify(findings, null, 1));
  assert.equal(failed, findings.at(-1));
  assert.equal(failed.verdict, 'failed');
  return failed;
}

async function listen(context: TestContext, server: Server): Promise<number> {
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    context.after(() => socket.destroy());
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  context.after(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const loginPage: RequestListener = (_, response) => void response.end('<html>Please log in</html>');

test('a name that DNS does not know is a failure of the DNS step', async (context) => {
  const { step, found } = failureOf(await diagnose(context, { endpoint: 'https://push.invalid' }));
  assert.equal(step, 'DNS');
  assert.match(found, /no such name|could not be resolved/);
});

test('a firewall that drops packets is named, and nothing else is tried', async (context) => {
  const port = await createBlackHole(context);
  const findings = await diagnose(context, { endpoint: `https://127.0.0.1:${port}` }, AbortSignal.timeout(3_000));
  const { step, found, advice } = failureOf(findings);
  assert.equal(step, 'connection');
  assert.match(found, /firewall/);
  assert.match(advice ?? '', /firewall|proxy/);
});

test('a refused connection is told from a firewall', async (context) => {
  const server = createServer();
  const port = await listen(context, server);
  server.close();
  const { step, found } = failureOf(await diagnose(context, { endpoint: `https://127.0.0.1:${port}` }));
  assert.equal(step, 'connection');
  assert.match(found, /^refused/);
});

test('a connection that is cut when TLS begins is told from one that is refused', async (context) => {
  const port = await listen(
    context,
    createServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
  );
  const { step, found } = failureOf(await diagnose(context, { endpoint: `https://127.0.0.1:${port}` }));
  assert.equal(step, 'TLS');
  assert.match(found, /cut during the TLS handshake/);
});

test('a proxy that wants a password is named, one without and one with a wrong one', async (context) => {
  const proxy = await createConnectProxy(context, { demand: { kind: 'basic' } });
  const without = failureOf(await diagnose(context, { proxy: `http://127.0.0.1:${proxy.port}` }));
  assert.deepEqual([without.step, without.found], ['proxy', 'it wants a user and a password (407)']);
  const wrong = failureOf(await diagnose(context, { proxy: `http://nobody:hidden-word@127.0.0.1:${proxy.port}` }));
  assert.deepEqual([wrong.step, wrong.found], ['proxy', 'it refuses the user or the password (407)']);
});

test('a proxy that does not permit the tunnel is named with its status', async (context) => {
  const proxy = await createConnectProxy(context, { then: 'refuse' });
  const { step, found } = failureOf(await diagnose(context, { proxy: proxy.url }));
  assert.deepEqual([step, found], ['proxy', 'it refused the tunnel with status 403']);
});

test('a proxy that is not there is told by its step, not by that of the push service', async (context) => {
  const { step, tried, found } = failureOf(await diagnose(context, { proxy: 'http://proxy.invalid:3128' }));
  assert.equal(step, 'proxy');
  assert.match(tried, /proxy\.invalid:3128/);
  assert.match(found, /its name/);
});

test('a proxy that answers 200 with a page is recognised by what follows its 200', async (context) => {
  const proxy = await createConnectProxy(context, { then: 'captive' });
  const findings = await diagnose(context, { proxy: proxy.url });
  const { step, found } = failureOf(findings);
  assert.equal(step, 'TLS');
  assert.match(found, /answered 200 to CONNECT.*no TLS.*login or block page/);
});

test('one proxy of two that works makes the other one a warning', async (context) => {
  const [bad, good] = [await createConnectProxy(context, { then: 'refuse' }), await createConnectProxy(context)];
  const findings = await diagnose(context, { proxy: [bad.url, good.url] });
  assert.deepEqual(
    findings.map(({ step, verdict }) => `${step}: ${verdict}`),
    ['proxy: warning', 'proxy: ok', 'TLS: ok', 'clock: ok', 'credentials: ok'],
  );
});

test('a captive page that answers 200 over TLS is quoted', async (context) => {
  const port = await listen(context, createPageServer({ ...authority.server }, loginPage));
  const { step, found } = failureOf(await diagnose(context, { endpoint: `https://localhost:${port}` }));
  assert.equal(step, 'TLS');
  assert.match(found, /no HTTP\/2.*"HTTP\/1\.1 200 OK"/);
});

test('a captive page that knows nothing of ALPN is quoted as well', async (context) => {
  const server = createTlsServer(authority.server, (socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nPlease log in'));
  });
  const { step, found } = failureOf(await diagnose(context, { endpoint: `https://localhost:${await listen(context, server)}` }));
  assert.equal(step, 'TLS');
  assert.match(found, /no HTTP\/2.*"HTTP\/1\.1 200 OK"/);
});

test('a captive page without TLS is recognised', async (context) => {
  const port = await listen(context, createPlainServer(loginPage));
  const { step, found } = failureOf(await diagnose(context, { endpoint: `https://localhost:${port}` }));
  assert.equal(step, 'TLS');
  assert.match(found, /no TLS: a login or block page/);
});

test('a proxy that reads the traffic is named by the issuer of its certificate', async (context) => {
  const other = buildAuthority();
  const port = await listen(context, createTlsServer({ ...other.server, ALPNProtocols: ['h2'] }));
  const { step, found, advice } = failureOf(await diagnose(context, { endpoint: `https://localhost:${port}` }));
  assert.equal(step, 'TLS');
  assert.match(found, /issued by Reveille sandbox authority, which is not trusted here/);
  assert.match(advice ?? '', /ca-file/);
});

test('a certificate for other names is shown with these names', async (context) => {
  const { sandbox } = await createStage(context);
  const proxy = await createConnectProxy(context);
  const { port } = new URL(sandbox.origin);
  const { step, found } = failureOf(await diagnose(context, { endpoint: `https://elsewhere.test:${port}`, proxy: proxy.url }));
  assert.equal(step, 'TLS');
  assert.match(found, /is for DNS:localhost.*not for elsewhere\.test/);
});

test('a peer whose certificate has expired, or our clock, is told with the dates', async (context) => {
  const expired = authority.issueClient([topic], new Date('2026-01-02T03:04:05Z'));
  const port = await listen(context, createTlsServer({ cert: expired.cert, key: expired.key, ALPNProtocols: ['h2'] }));
  const { step, found, advice } = failureOf(await diagnose(context, { endpoint: `https://localhost:${port}` }));
  assert.equal(step, 'TLS');
  assert.match(found, /valid from .* to Jan {2}2 03:04:05 2026 GMT, and here it is 20\d\d/);
  assert.match(advice ?? '', /clock/);
});
