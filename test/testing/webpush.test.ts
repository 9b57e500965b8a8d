import type { TestContext } from 'node:test';
import * as provider from '../../providers/webpush/index.ts';
import { testProvider, type BadOptions, type Scene } from '../../src/testing/index.ts';
import { createFolder, writeInto } from '../providers/kit.ts';
import { randomSubscription } from '../providers/webpush/browser.ts';
import { authority, createService, type Answer, type Service } from '../providers/webpush/service.ts';
import { usualOptions, vapidPem } from '../providers/webpush/stage.ts';

const badOptions: readonly BadOptions[] = [
  ['a key that is not there', { 'vapid-key-file': 'lost.pem' }, /lost\.pem/],
  ['a file that is no key', { 'vapid-key-file': 'ca.pem' }, /vapid-key-file.*webpush-key/],
  ['no subject', { subject: undefined }, /subject/],
  [
    'a subject without a scheme, and a host with one',
    { subject: 'admin@example.org', 'allow-hosts': ['https://a.example'] },
    [/subject.*mailto/, /allow-hosts/],
  ],
  ['a block that is none', { 'allow-private': ['10.0.0.0/99'] }, /allow-private/],
];

/** Of the scene that is open: the kit makes tokens without it. */
let origin = '';

async function openScene(context: TestContext, speaks: 'h2' | 'http/1.1'): Promise<Scene> {
  const folder = createFolder(context);
  writeInto(folder, { 'ca.pem': authority.ca, 'vapid.pem': vapidPem });
  const service = await createService(context, speaks);
  ({ origin } = service);
  const treatments = new Map<string, Answer | 'silence'>();
  service.behave(({ path }) => treatments.get(path) ?? { status: 201 });
  const tokens = new Map<string, string>();
  const treat = (treatment: Answer | 'silence') => (token: string) => {
    const path = pathOf(token);
    if (path === undefined) return;
    tokens.set(path, token);
    treatments.set(path, treatment);
  };
  return {
    options: usualOptions,
    folder,
    secrets: [vapidPem, vapidPem.split('\n')[1] ?? ''],
    situations: {
      accepted: treat({ status: 201 }),
      gone: treat({ status: 410 }),
      rejected: treat({ status: 403 }),
      retry: treat({ status: 503 }),
      silent: treat('silence'),
    },
    received: () => service.received.length,
    tokens: () => readTokens(service, tokens),
    tellsTokensApart: true,
  };
}

function pathOf(token: string): string | undefined {
  try {
    return new URL((JSON.parse(token) as { readonly endpoint: string }).endpoint).pathname;
  } catch {
    return undefined; // one of the kit's strange tokens
  }
}

function readTokens({ received }: Service, tokens: ReadonlyMap<string, string>): readonly string[] {
  return received.map(({ path }) => tokens.get(path) ?? path);
}

const buildToken = () => randomSubscription(origin);
const buildAddress = () => (JSON.parse(buildToken()) as { readonly endpoint: string }).endpoint;

testProvider({ name: 'webpush', provider, openScene: (context) => openScene(context, 'h2'), badOptions, buildToken, buildAddress });
testProvider({
  name: 'webpush over HTTP/1.1',
  provider,
  openScene: (context) => openScene(context, 'http/1.1'),
  badOptions,
  buildToken,
  buildAddress,
});
