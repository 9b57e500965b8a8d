import type { TestContext } from 'node:test';
import * as provider from '../../providers/apns/index.ts';
import { createSandboxApns } from '../../src/sandbox/apns/sandbox-apns.ts';
import { buildAuthority, buildSigningKey } from '../../src/sandbox/authority.ts';
import { buildToken, testProvider, type BadOptions, type Scene } from '../../src/testing/index.ts';
import { createFolder, writeInto } from '../providers/kit.ts';

const topic = 'org.example.app';
const authority = buildAuthority();
const key = buildSigningKey();
const password = 'p12-password';
const client = authority.issueClient([topic]);

const credentials = {
  token: { 'apns-topic': topic, 'key-file': 'key.p8', 'key-id': key.keyId, 'team-id': key.teamId },
  certificate: { 'cert-file': 'apns.p12', 'cert-password': password },
};

const badOptions: readonly BadOptions[] = [
  ['an endpoint that is no URL', { endpoint: 'push.example.org' }, /endpoint.*URL/],
  ['credentials that are not there', { 'key-file': 'lost.p8' }, /lost\.p8/],
  [
    'a certificate beside a key, and a key without an id',
    { 'cert-file': 'apns.p12', 'key-file': 'key.p8', 'key-id': undefined },
    [/key-file/, /key-id/],
  ],
];

async function openScene(context: TestContext, kind: keyof typeof credentials): Promise<Scene> {
  const folder = createFolder(context);
  writeInto(folder, { 'ca.pem': authority.ca, 'key.p8': key.p8, 'apns.p12': client.p12(password) });
  const tokens: string[] = [];
  const onRequest = ({ token }: { readonly token: string }) => void tokens.push(token);
  const sandbox = await createSandboxApns({ authority, topics: [topic], keys: [key], onRequest });
  context.after(() => sandbox.close());
  const answer = (status: number, reason: string) => (token: string) =>
    sandbox.misbehave({ kind: 'answer', status, reason }, { token, times: Infinity });
  return {
    options: { ...credentials[kind], 'ca-file': 'ca.pem', endpoint: sandbox.origin, proxy: [] },
    folder,
    secrets: kind === 'token' ? [key.p8] : [password],
    situations: {
      accepted: () => undefined,
      gone: (token) => sandbox.expire(token),
      rejected: answer(400, 'BadTopic'),
      retry: answer(503, 'ServiceUnavailable'),
      silent: (token) => sandbox.misbehave({ kind: 'silence' }, { token, times: Infinity }),
    },
    received: () => tokens.length,
    tokens: () => tokens,
    tellsTokensApart: true,
  };
}

const buildAddress = () => `https://api.push.apple.com/3/device/${buildToken()}#${topic}&${buildToken()}`;

testProvider({ name: 'apns with a key', provider, openScene: (context) => openScene(context, 'token'), badOptions, buildAddress });
testProvider({ name: 'apns with a certificate', provider, openScene: (context) => openScene(context, 'certificate'), buildAddress });
