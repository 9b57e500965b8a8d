import { generateKeyPairSync } from 'node:crypto';
import { isIP } from 'node:net';
import { createWebpush } from '../../../providers/webpush/create-webpush.ts';
import type { WebpushProvider } from '../../../providers/webpush/webpush-provider.ts';
import { buildPush, never } from '../../providers/kit.ts';
import type { Subject, Target } from '../target.ts';
import { openCanary } from './canary.ts';
import { buildText, inputs, type EndpointInput } from './inputs.ts';
import { checkTaken } from './promise.ts';

/** A name that is looked at, resolved and refused takes no time at all; but many are fed at once. */
const limitMs = 60_000;

/** Addresses that strangers register for Web Push. Nothing of it may reach this machine. */
export const target: Target<EndpointInput> = { name: 'endpoints', inputs, open };

async function open(): Promise<Subject<EndpointInput>> {
  const canary = await openCanary();
  const outcomes = new Map<string, number>();
  const count = (name: string) => outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
  return {
    outcomes,
    async feed(input) {
      const provider = createProvider(input);
      try {
        count(await feed(input, provider, canary.port));
      } finally {
        await provider.close();
      }
    },
    close: () => canary.close(),
  };
}

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

function createProvider({ addresses }: EndpointInput): WebpushProvider {
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const options = { 'vapid-key-file': key, subject: 'mailto:admin@example.org', 'allow-unencrypted': true, proxy: [] };
  const resolve = async () => addresses.map((address) => ({ address, family: isIP(address) }));
  return createWebpush(options, { name: 'webpush', log, resolvePath: (path) => path }, { public: resolve, system: resolve });
}

async function feed(input: EndpointInput, provider: WebpushProvider, port: number): Promise<string> {
  const text = buildText(input, port);
  const verdict = provider.checkToken(text);
  if (verdict.kind === 'refused') {
    if (text.length > 12 && verdict.reason.includes(text)) throw new Error('quotes what it refuses');
    // It may have been taken by an older version.
    return `refused, ${await push(provider, text)}`;
  }
  const { hostname } = checkTaken(verdict.token);
  const again = provider.checkToken(verdict.token);
  if (again.kind !== 'token' || again.token !== verdict.token) throw new Error('takes its own spelling for another device');
  // An address on the internet is nobody's to be pushed to by a test.
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return 'taken, an address on the internet';
  const outcome = await push(provider, verdict.token);
  if (outcome !== 'retry') throw new Error(`a name that leads nowhere came to ${outcome}`);
  return `taken, ${outcome}`;
}

async function push(provider: WebpushProvider, token: string): Promise<string> {
  const begun = performance.now();
  const { kind } = await provider.push(buildPush({ messageCount: 1 }, { token }), never);
  if (performance.now() - begun > limitMs) throw new Error('took seconds to refuse');
  if (kind === 'accepted') throw new Error('says accepted, and nobody was there');
  return kind;
}
