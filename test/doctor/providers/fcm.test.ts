import assert from 'node:assert/strict';
import test from 'node:test';
import type { Finding, Provider } from '../../../src/index.ts';
import { buildNamed } from '../../../src/sandbox/fcm/reasons.ts';
import { createFcmStage, type FcmStage } from '../../providers/fcm/stage.ts';
import { writeInto } from '../../providers/kit.ts';
import { createRawServer, authority as rawAuthority } from '../../providers/http2/raw-server.ts';

const never = new AbortController().signal;
const way = ['DNS: ok', 'connection: ok', 'TLS: ok'];

async function diagnose(provider: Provider): Promise<readonly Finding[]> {
  return (await provider.diagnose?.(never)) ?? [];
}

function list(findings: readonly Finding[]): string[] {
  return findings.map(({ step, verdict }) => `${step}: ${verdict}`);
}

/** The last finding, which failed, as text; without a secret of the account in it. */
function failureIn(findings: readonly Finding[], { account }: FcmStage): string {
  const { step, verdict, found, advice } = findings.at(-1)!;
  assert.equal(verdict, 'failed', JSON.stringify(findings, null, 1));
  assert.ok(!JSON.stringify(findings).includes(account.private_key.slice(40, 80)));
  return `${step}: ${found}; ${advice}`;
}

function replaceAccount({ folder }: FcmStage, account: object): void {
  writeInto(folder, { 'service-account.json': JSON.stringify(account) });
}

test('a good service account is proved by what FCM says of an impossible token, and nothing is delivered', async (context) => {
  const stage = await createFcmStage(context);
  const findings = await diagnose(stage.create());
  assert.deepEqual(list(findings), [...way, 'clock: ok', 'access token: ok', ...way, 'credentials: ok']);
  assert.match(findings.at(-1)!.found, /^400 INVALID_ARGUMENT/);
  assert.equal(stage.sandbox.pushes.length, 0);
});

test('the sender id is compared with the project, which FCM alone can', async (context) => {
  const stage = await createFcmStage(context);
  assert.equal(list(await diagnose(stage.create({ 'sender-id': '1234567890' }))).at(-1), 'sender-id: ok');
  assert.match(
    failureIn(await diagnose(stage.create({ 'sender-id': '987654321' })), stage),
    /^sender-id: 403 PERMISSION_DENIED: it is not the number of sandbox-project; correct sender-id/,
  );
});

test('a service account without permission is told what role it lacks', async (context) => {
  const stage = await createFcmStage(context);
  replaceAccount(stage, stage.sandbox.issueServiceAccount({ canSend: false }));
  assert.match(
    failureIn(await diagnose(stage.create()), stage),
    /^credentials: 403 PERMISSION_DENIED: the service account may not send messages for sandbox-project; .*API Admin/,
  );
});

test('an API that is not enabled is told from a missing permission', async (context) => {
  const stage = await createFcmStage(context, { authority: rawAuthority });
  const { status, text } = buildNamed('SERVICE_DISABLED');
  const { origin } = await createRawServer(context, (stream) => {
    stream.respond({ ':status': status });
    stream.end(text);
  });
  writeInto(stage.folder, { 'ca.pem': rawAuthority.ca });
  assert.match(
    failureIn(await diagnose(stage.create({ endpoint: origin.origin })), stage),
    /^credentials: 403 PERMISSION_DENIED: .* API is not enabled in sandbox-project/,
  );
});

test('a revoked key and a deleted account are told apart', async (context) => {
  const stage = await createFcmStage(context);
  replaceAccount(stage, { ...stage.account, client_email: 'gone@sandbox-project.iam.gserviceaccount.com' });
  assert.match(
    failureIn(await diagnose(stage.create()), stage),
    /^access token: refused: .*account not found; the service account was deleted/,
  );
  replaceAccount(stage, stage.account);
  stage.sandbox.revoke(stage.account);
  assert.match(failureIn(await diagnose(stage.create()), stage), /^access token: refused: .*Signature.*; the key was revoked/);
});

test('a clock that is off is recognised by what Google says of a fresh assertion', async (context) => {
  const stage = await createFcmStage(context, { clock: () => Date.now() + 2 * 3_600_000 });
  assert.match(failureIn(await diagnose(stage.create()), stage), /^access token: refused: .*the clock of this machine is wrong/);
});

test('where access tokens come from may be out of reach by itself', async (context) => {
  const stage = await createFcmStage(context);
  replaceAccount(stage, { ...stage.account, token_uri: 'https://tokens.invalid/token' });
  assert.match(failureIn(await diagnose(stage.create()), stage), /^DNS: /);
});
