import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { writeInto } from '../../providers/kit.ts';
import { createRawServer, authority as rawAuthority } from '../../providers/http2/raw-server.ts';
import { authority, createStage, signingKey, topic, type Stage } from '../../providers/apns/stage.ts';
import { buildSigningKey } from '../../../src/sandbox/authority.ts';
import type { Finding, Provider } from '../../../src/index.ts';

const never = new AbortController().signal;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

async function diagnose(provider: Provider): Promise<readonly Finding[]> {
  return (await provider.diagnose?.(never)) ?? [];
}

function list(findings: readonly Finding[]): string[] {
  return findings.map(({ step, verdict }) => `${step}: ${verdict}`);
}

/** The credentials' finding, which failed. */
function refusalIn(findings: readonly Finding[]): Finding {
  const finding = findings.at(-1);
  assert.deepEqual([finding?.step, finding?.verdict], ['credentials', 'failed'], JSON.stringify(findings, null, 1));
  return finding!;
}

/** An APNs that says the same to every push, with this clock. */
async function createAnswering(context: TestContext, stage: Stage, status: number, reason: string, date = new Date()): Promise<Provider> {
  const { origin } = await createRawServer(context, (stream) => {
    stream.respond({ ':status': status, date: date.toUTCString() });
    stream.end(JSON.stringify({ reason }));
  });
  writeInto(stage.captured.tools.resolvePath('.'), { 'raw-ca.pem': rawAuthority.ca });
  return stage.create('token', { endpoint: origin.href, 'ca-file': 'raw-ca.pem' });
}

test('a good key and a good certificate are proved by the refusal of an impossible token', async (context) => {
  const { create, sandbox } = await createStage(context);
  assert.deepEqual(list(await diagnose(create('token'))), ['DNS: ok', 'connection: ok', 'TLS: ok', 'clock: ok', 'credentials: ok']);
  const findings = await diagnose(create('certificate'));
  assert.deepEqual(list(findings), ['DNS: ok', 'connection: ok', 'TLS: ok', 'certificate: ok', 'clock: ok', 'credentials: ok']);
  assert.match(findings.at(-1)!.found, /^400 BadDeviceToken/);
  assert.equal(sandbox.pushes.length, 0);
});

test('with fallback-to-sandbox both services are tried', async (context) => {
  const { create, createSandbox } = await createStage(context);
  const other = await createSandbox();
  const findings = await diagnose(create('token', { 'fallback-to-sandbox': true, 'sandbox-endpoint': other.origin }));
  assert.deepEqual(
    findings.filter(({ step }) => step === 'credentials').map(({ verdict }) => verdict),
    ['ok', 'ok'],
  );
  assert.equal(other.connections.total, 1);
});

test('a certificate for calls is tried with the topic for calls', async (context) => {
  const stage = await createStage(context);
  const voip = authority.issueClient([`${topic}.voip`]);
  writeInto(stage.captured.tools.resolvePath('.'), { 'voip.pem': `${voip.cert}\n${voip.key}` });
  const findings = await diagnose(stage.create('certificate', { 'pushkit-cert-file': 'voip.pem' }));
  const tried = findings.filter(({ step, verdict }) => step === 'credentials' && verdict === 'ok').map((finding) => finding.tried);
  assert.equal(tried.length, 2);
  assert.ok(tried[1]?.endsWith(`for ${topic}.voip`), tried[1]);
});

test('a certificate that expired is named with its day, and no push is sent with it', async (context) => {
  const stage = await createStage(context);
  const expired = authority.issueClient([topic], new Date('2026-03-04T00:00:00Z'));
  writeInto(stage.captured.tools.resolvePath('.'), { 'old.pem': `${expired.cert}\n${expired.key}` });
  const findings = await diagnose(stage.create('certificate', { 'cert-file': 'old.pem' }));
  assert.deepEqual([findings.at(-1)?.step, findings.at(-1)?.found], ['certificate', 'it expired on 2026-03-04']);
});

test('a certificate that ends within thirty days is a warning, and the rest is tried all the same', async (context) => {
  const stage = await createStage(context);
  const ending = authority.issueClient([topic], new Date(Date.now() + 20.5 * dayMs));
  writeInto(stage.captured.tools.resolvePath('.'), { 'ending.pem': `${ending.cert}\n${ending.key}` });
  const findings = await diagnose(stage.create('certificate', { 'cert-file': 'ending.pem' }));
  const warning = findings.find(({ verdict }) => verdict === 'warning');
  assert.match(warning?.found ?? '', /in 20 days$/);
  assert.equal(findings.at(-1)?.verdict, 'ok');
});

test('without certificate and key a warning says what the configuration lacks', async (context) => {
  const stage = await createStage(context);
  const findings = await diagnose(stage.create('certificate', { 'cert-file': undefined, 'cert-password': undefined }));
  assert.deepEqual(list(findings), ['DNS: ok', 'connection: ok', 'TLS: ok', 'certificate: warning']);
});

test('a topic that the credentials are not for is named', async (context) => {
  const { create } = await createStage(context, { topics: ['org.example.other'] });
  const { found, advice } = refusalIn(await diagnose(create('token')));
  assert.equal(found, `400 TopicDisallowed: the credentials are not for the topic ${topic}`);
  assert.match(advice ?? '', /apns-topic/);
});

test('a key of another team is named with its id and the team', async (context) => {
  const { create } = await createStage(context, { keys: [{ ...signingKey, teamId: buildSigningKey().teamId }] });
  const { found, advice } = refusalIn(await diagnose(create('token')));
  assert.ok(found.startsWith(`403 InvalidProviderToken: the key is not known as ${signingKey.keyId} of team ${signingKey.teamId}`), found);
  assert.match(advice ?? '', /team-id/);
});

test('a key of the other environment is named', async (context) => {
  const stage = await createStage(context);
  const { found, advice } = refusalIn(await diagnose(await createAnswering(context, stage, 403, 'BadEnvironmentKeyIdInToken')));
  assert.equal(found, '403 BadEnvironmentKeyIdInToken: the credentials are not for production');
  assert.match(advice ?? '', /environment = "sandbox"/);
});

test('a clock that is hours off is recognised by what Apple says of a fresh token', async (context) => {
  const { create } = await createStage(context, { clock: () => Date.now() + 2 * hourMs });
  const { found } = refusalIn(await diagnose(create('token')));
  assert.match(found, /^403 ExpiredProviderToken: .*the clock of this machine is wrong/);
});

test('the clock is compared with that of the answers: minutes are a warning, more is a failure', async (context) => {
  const stage = await createStage(context);
  const clockAt = async (offMs: number) => {
    const provider = await createAnswering(context, stage, 400, 'BadDeviceToken', new Date(Date.now() - offMs));
    const finding = (await diagnose(provider)).find(({ step }) => step === 'clock');
    return `${finding?.verdict}: ${finding?.found}`;
  };
  assert.equal(await clockAt(30_000), 'ok: they agree within a minute');
  assert.equal(await clockAt(180_000), "warning: this machine's clock is 3 min ahead");
  assert.equal(await clockAt(-600_000), "failed: this machine's clock is 10 min behind");
});

test('trouble at Apple is a warning, and what nobody knows a failure', async (context) => {
  const stage = await createStage(context);
  assert.equal((await diagnose(await createAnswering(context, stage, 503, 'ServiceUnavailable'))).at(-1)?.verdict, 'warning');
  assert.equal(refusalIn(await diagnose(await createAnswering(context, stage, 400, 'SomethingNew'))).found, '400 SomethingNew');
});
