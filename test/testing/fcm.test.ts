import type { TestContext } from 'node:test';
import * as provider from '../../providers/fcm/index.ts';
import { buildAuthority } from '../../src/sandbox/authority.ts';
import { createSandboxFcm } from '../../src/sandbox/fcm/sandbox-fcm.ts';
import { testProvider, type BadOptions, type Scene } from '../../src/testing/index.ts';
import { randomRegistrationToken } from '../providers/fcm/stage.ts';
import { createFolder, writeInto } from '../providers/kit.ts';

const authority = buildAuthority();

const badOptions: readonly BadOptions[] = [
  ['an endpoint that is no URL', { endpoint: 'fcm.example.org' }, /endpoint.*URL/],
  ['a service account that is not there', { 'service-account-file': 'lost.json' }, /lost\.json/],
  [
    'a file that is no service account, and a sender id that is no number',
    { 'service-account-file': 'ca.pem', 'sender-id': 'x' },
    /sender-id/,
  ],
];

async function openScene(context: TestContext): Promise<Scene> {
  const folder = createFolder(context);
  const tokens: string[] = [];
  const onRequest = ({ token }: { readonly token: string }) => void tokens.push(token);
  const sandbox = await createSandboxFcm({ authority, onRequest });
  context.after(() => sandbox.close());
  const account = sandbox.issueServiceAccount();
  writeInto(folder, { 'ca.pem': authority.ca, 'service-account.json': JSON.stringify(account) });
  const always = (token: string) => ({ token, times: Infinity });
  return {
    options: { 'service-account-file': 'service-account.json', 'ca-file': 'ca.pem', endpoint: sandbox.origin, proxy: [] },
    folder,
    secrets: [account.private_key, account.private_key.split('\n')[3] ?? ''],
    situations: {
      accepted: () => undefined,
      gone: (token) => sandbox.unregister(token),
      rejected: (token) => sandbox.misbehave({ kind: 'answer', status: 403, errorCode: 'PERMISSION_DENIED' }, always(token)),
      retry: (token) => sandbox.misbehave({ kind: 'answer', status: 503, errorCode: 'UNAVAILABLE' }, always(token)),
      silent: (token) => sandbox.misbehave({ kind: 'silence' }, always(token)),
    },
    received: () => tokens.length,
    tokens: () => tokens,
    tellsTokensApart: true,
  };
}

testProvider({ name: 'fcm', provider, openScene, badOptions, buildToken: randomRegistrationToken });
