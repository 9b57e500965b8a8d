import { isIP } from 'node:net';
import { readAddress } from '../../../providers/apns/address.ts';
import { createWebpush } from '../../../providers/webpush/create-webpush.ts';
import type { WebpushProvider } from '../../../providers/webpush/webpush-provider.ts';
import { Push2 } from '../../../src/handlers/dialects/push2/push2.ts';
import type { Outcome, Provider, Push } from '../../../src/index.ts';
import { createLog } from '../../../src/log/log.ts';
import { Dispatcher } from '../../../src/push/dispatch/dispatcher.ts';
import { ProviderGuard } from '../../../src/push/guard/provider-guard.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import { Router } from '../../../src/xmpp/routing/router.ts';
import { vapidPem } from '../../providers/webpush/stage.ts';
import { openCanary } from '../endpoints/canary.ts';
import type { Subject, Target } from '../target.ts';
import { buildStanza, clientOf, inputs, read, type NotificationInput } from './inputs.ts';
import { checkError, checkPush, isTakenByApple } from './promise.ts';

const to = 'push.localhost';
const allowHosts = ['push.example', '*.relay.example', 'api.push.apple.com', '127.0.0.1', 'localhost'];
const lies = ['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.1', '169.254.169.254', '0.0.0.0', 'nonsense'];
const times = { defaultTtlMs: 60_000, voipTtlMs: 30_000 };
const log = createLog('silent', { write: () => undefined });

/** Messages of Push 2.0 and the addresses in them. Each is refused, or reaches a provider in order; nothing of it may reach this machine. */
export const target: Target<NotificationInput> = { name: 'notifications', inputs, open };

async function open(): Promise<Subject<NotificationInput>> {
  const canary = await openCanary();
  const faults: string[] = [];
  const web = createWeb();
  const router = createRouter({ web: spy(web, faults), apple: spy(apple, faults) });
  const outcomes = new Map<string, number>();
  return {
    outcomes,
    async feed(input) {
      const end = await feed(input, router, canary.port);
      outcomes.set(end, (outcomes.get(end) ?? 0) + 1);
      if (faults.length > 0) throw new Error(faults.shift());
    },
    async close() {
      await web.close();
      await canary.close();
    },
  };
}

async function feed(input: NotificationInput, router: Router, port: number): Promise<string> {
  const stanza = buildStanza(input, to, port);
  const client = clientOf(input, port);
  const answer = await router.answer(stanza);
  if (answer !== undefined) return checkError(answer, stanza, [client, ...input.jwts.map(({ token }) => read(token))]);
  const isForUs = input.xmlns === 'urn:xmpp:push2:0' && input.type !== 'error' && input.type !== 'result';
  if (isForUs && !isTakenByApple(client) && read(input.from) === 'localhost') throw new Error('neither refused nor sent');
  return 'no answer';
}

/** Every name leads home, the same one always to the same place. */
function createWeb(): WebpushProvider {
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const options = { 'vapid-key-file': vapidPem, subject: 'mailto:admin@example.org', proxy: [] };
  const resolve = async (host: string) => {
    const address = lies[host.length % lies.length] ?? '';
    return [{ address, family: isIP(address) }];
  };
  return createWebpush(options, { name: 'web', log: quiet, resolvePath: (path) => path }, { public: resolve, system: resolve });
}

const ends: Readonly<Record<string, Outcome>> = {
  0: { kind: 'accepted' },
  1: { kind: 'gone' },
  2: { kind: 'rejected', reason: 'TopicDisallowed' },
  3: { kind: 'retry', reason: 'ServiceUnavailable' },
};

/** Apple's addresses, and what comes of each is its token's last digit. */
const apple: Provider = {
  readAddress: (address) => readAddress(address, { topic: 'org.example.app', environments: ['production'] }),
  push: async ({ token }) => ends[token.at(-1) ?? ''] ?? { kind: 'gone' },
  status: () => ({ ready: true }),
  close: async () => undefined,
};

function spy(provider: Provider, faults: string[]): Provider {
  return {
    readAddress: (address) => provider.readAddress?.(address),
    status: () => provider.status(),
    close: () => provider.close(),
    push: async (push: Push, signal) => {
      try {
        checkPush(push);
      } catch (error) {
        faults.push((error as Error).message);
      }
      const outcome = await provider.push(push, signal);
      if (provider !== apple && outcome.kind === 'accepted') faults.push('says accepted, and nobody was there');
      return outcome;
    },
  };
}

function createRouter(providers: Readonly<Record<string, Provider>>): Router {
  const guards = new Map(Object.entries(providers).map(([name, one]) => [name, new ProviderGuard(one, { name, share: 1_000, log })]));
  // Nothing is stored of these addresses; only the proof that credentials are good is.
  const registry = { prove: async () => undefined, listProofs: async () => ['a', 'b'] } as unknown as Registry;
  const dispatcher = new Dispatcher({ ...times, providers: guards, registry, log, alarm: () => undefined });
  const relayers = [...guards].map(([provider, guard]) => ({
    provider,
    identity: guard.identity,
    readAddress: (address: string) => guard.readAddress(address),
  }));
  const { route } = new Push2({ ...times, dispatcher, allowHosts, relayers, registrants: ['*'] });
  return new Router({ routes: [route], answerWithinMs: 60_000, inFlight: 1_000, log });
}
