import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import test from 'node:test';
import type { Outcome } from '../../../src/index.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { createFcmStage, randomRegistrationToken } from './stage.ts';
import { buildPush, never, tally } from '../kit.ts';

const limitMs = 20_000;

/** As a careful administrator does: the whole file at once. */
function replaceFile(folder: string, content: string): void {
  writeFileSync(join(folder, 'new.json'), content, { mode: 0o600 });
  renameSync(join(folder, 'new.json'), join(folder, 'service-account.json'));
}

test('a service account replaced under load is used from then on, and no push is lost', async (context) => {
  const { sandbox, create, folder, account, captured } = await createFcmStage(context);
  const provider = create();
  const outcomes: Promise<Outcome>[] = [];
  const push = () => provider.push(buildPush({ body: 'x' }, { token: randomRegistrationToken() }), never);
  const load = setInterval(() => outcomes.push(push()), 5);
  context.after(() => clearInterval(load));
  await waitFor('pushes with the old account', () => (sandbox.pushes.length > 20 ? true : undefined), limitMs);
  const fresh = sandbox.issueServiceAccount();
  replaceFile(folder, JSON.stringify(fresh));
  const second = () => sandbox.pushes.filter(({ accessToken }) => accessToken === 2).length;
  await waitFor('pushes with the new account', () => (second() > 20 ? true : undefined), limitMs);
  clearInterval(load);
  const settled = await Promise.all(outcomes);
  assert.deepEqual(tally(settled.map(({ kind }) => kind)), { accepted: settled.length });
  assert.equal(new Set(sandbox.pushes.map(({ token }) => token)).size, settled.length);
  assert.deepEqual(
    sandbox.tokenRequests.map(({ claims }) => claims?.['iss']),
    [account.client_email, fresh.client_email],
  );
  assert.match(captured.text(), /fcm-service-account-replaced/);
});

test('a file of another project, or a broken one, is not taken over, and that is said', async (context) => {
  const { sandbox, create, folder, captured } = await createFcmStage(context);
  const provider = create();
  const warnings = () => captured.text().split('fcm-service-account-not-replaced').length - 1;
  await setTimeout(200);
  replaceFile(folder, JSON.stringify(sandbox.issueServiceAccount({ projectId: 'another-project' })));
  await waitFor('a warning', () => (warnings() === 1 ? true : undefined), limitMs);
  assert.match(captured.text(), /is for the project another-project, not for sandbox-project like the one in use/);
  replaceFile(folder, '{"type":');
  await waitFor('another warning', () => (warnings() === 2 ? true : undefined), limitMs);
  assert.equal((await provider.push(buildPush({ body: 'x' }, { token: randomRegistrationToken() }), never)).kind, 'accepted');
});
