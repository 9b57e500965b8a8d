import { createHash, type KeyObject } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import type { ProviderTools } from '../../src/index.ts';
import { createFileLoader, parseAuthorities } from '../files/load-file.ts';
import { buildSecureContext } from '../http2/connect/dial.ts';
import type { Endpoint } from '../http2/endpoint.ts';
import { Goaways } from '../http2/goaways.ts';
import { chooseProxies } from '../http2/proxy/choice.ts';
import { buildOptionsError, parseOptions } from '../options/parse-options.ts';
import { buildPrivacy } from '../options/privacy.ts';
import { Lines } from './lines/lines.ts';
import { options as schema } from './options.ts';
import { createResolvers } from './strangers/resolvers.ts';
import { Strangers, type Resolvers } from './strangers/strangers.ts';
import { parseVapidKey } from './vapid/vapid-key.ts';
import { VapidTokens } from './vapid/vapid-tokens.ts';
import { WebpushProvider } from './webpush-provider.ts';

/** Two are enough for a service that speaks HTTP/2. */
const maxSessions = 2;
/** What push services take at a time over one connection, all that are known. */
const maxStreams = 100;
/** Their answers are a status and a sentence. */
const longestAnswer = 4_096;

/**
 * Web Push. Throws an AggregateError with one readable message per mistake in the options or the key; opens no connection before the
 * first push. `resolvers` stand for DNS.
 */
export function createWebpush(input: unknown, { log, ...tools }: ProviderTools, resolvers: Resolvers = createResolvers()): WebpushProvider {
  const parsed = parseOptions(schema, input);
  if ('mistakes' in parsed) throw buildOptionsError(parsed.mistakes);
  const { options } = parsed;
  const files = createFileLoader(
    (path) => tools.resolvePath(path),
    (key) => tools.originOf?.(key),
  );
  const vapid = files.load('vapid-key-file', options['vapid-key-file'], parseVapidKey);
  const ca = files.load('ca-file', options['ca-file'], parseAuthorities);
  if (vapid === undefined || files.mistakes.length > 0) throw buildOptionsError(files.mistakes);
  const strangers = new Strangers({ allowHosts: options['allow-hosts'], allowPrivate: options['allow-private'] }, resolvers);
  const goaways = new Goaways();
  // A mistake in HTTPS_PROXY is told now, not with the first push.
  chooseProxies(options.proxy, new URL('https://push.invalid'), process.env);
  let trust: SecureContext | undefined;
  const buildEndpoint = (origin: URL): Endpoint => ({
    origin,
    secureContext: (trust ??= buildSecureContext({ ca })),
    ca,
    proxies: chooseProxies(options.proxy, origin, process.env),
    resolve: (host) => strangers.resolve(host),
    // A proxy inside a private network would reach what nobody outside may. Names that the administrator wrote down are his affair.
    resolvesForProxies: !strangers.isNamed(origin.hostname),
    maxSessions,
    maxStreams,
    longestAnswer,
    repeatsInDoubt: true,
    goaways,
  });
  return new WebpushProvider({
    vapid,
    tokens: new VapidTokens(vapid, options.subject),
    rules: { privacy: buildPrivacy(options), topicKey: buildTopicKey(vapid.privateKey) },
    tokenRules: { strangers, allowUnencrypted: options['allow-unencrypted'] },
    lines: new Lines({ buildEndpoint, log }),
    namedHosts: options['allow-hosts'],
    buildEndpoint,
    log,
    goaways,
  });
}

/** The same in every instance with this key, and unknown to every push service. */
function buildTopicKey(privateKey: KeyObject): Buffer {
  return createHash('sha256')
    .update('reveille webpush-topic\0')
    .update(privateKey.export({ type: 'pkcs8', format: 'der' }))
    .digest();
}
