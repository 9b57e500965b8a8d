import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { growingTo } from '../../src/base/growing-to.ts';
import type {
  AddressVerdict,
  Finding,
  Outcome,
  Provider,
  ProviderLog,
  ProviderStatus,
  Push,
  Sealed,
  TokenVerdict,
} from '../../src/index.ts';
import type { Endpoint } from '../http2/endpoint.ts';
import type { Exchange } from '../http2/exchange.ts';
import type { Goaways } from '../http2/goaways.ts';
import { readAddress } from './address.ts';
import { checkSubscription, describeObstacle, type TokenRules } from './device-token.ts';
import { diagnoseWebpush } from './diagnose/diagnose.ts';
import type { Lines } from './lines/lines.ts';
import { buildContent } from '../payload/content.ts';
import { buildMessage, cautiousPlainBytes, type MessageRules, type WebpushMessage } from './message/message.ts';
import { authorizationOf, buildSealedMessage } from './message/sealed.ts';
import { buildRetry, describeAnswer, reactionTo, readRetryAfter } from './reasons.ts';
import { buildRequest } from './request.ts';
import { parseSubscription, type Subscription } from './subscription.ts';
import type { VapidKey } from './vapid/vapid-key.ts';
import type { VapidTokens } from './vapid/vapid-tokens.ts';

export interface WebpushParts {
  readonly vapid: VapidKey;
  readonly tokens: VapidTokens;
  readonly rules: MessageRules;
  readonly tokenRules: TokenRules;
  /** The provider closes them. */
  readonly lines: Lines;
  /** As they stand in the configuration. */
  readonly namedHosts: readonly string[];
  readonly buildEndpoint: (origin: URL) => Endpoint;
  readonly log: ProviderLog;
  readonly goaways: Goaways;
}

type Answer = Extract<Exchange, { kind: 'answered' }>;

/** One push on its way. */
interface Delivery {
  readonly push: Push;
  readonly subscription: Subscription;
  readonly signal: AbortSignal;
}

/** Hosts of which it is told that they refuse us, once each. */
const mostRefusing = 1_000;

/** Pushes to whatever endpoints devices register (RFC 8030), each an address of a stranger. */
export class WebpushProvider implements Provider {
  readonly identity: string;
  readonly #parts: WebpushParts;
  readonly #refusing = new LRUCache<string, true>(growingTo(mostRefusing));

  constructor(parts: WebpushParts) {
    this.#parts = parts;
    this.identity = createHash('sha256').update(parts.vapid.publicKey).digest('base64url');
  }

  checkToken(text: string): TokenVerdict {
    return checkSubscription(text, this.#parts.tokenRules);
  }

  contentOf(push: Push): Readonly<Record<string, unknown>> {
    return push.dialect === undefined ? { ...buildContent(push, this.#parts.rules.privacy) } : { account: push.account };
  }

  readAddress(text: string): AddressVerdict | undefined {
    return readAddress(text, this.#parts.tokenRules.strangers);
  }

  async push(push: Push, signal: AbortSignal): Promise<Outcome> {
    const parsed = parseSubscription(push.token);
    if (parsed.kind === 'refused') return { kind: 'gone' };
    const { subscription } = parsed;
    const obstacle = describeObstacle(subscription, this.#parts.tokenRules, push.sealed !== undefined);
    if (obstacle !== undefined) return { kind: 'rejected', reason: obstacle };
    if (push.expiresAt.getTime() <= Date.now()) return { kind: 'rejected', reason: 'expired before it was sent' };
    return this.#deliver({ push, subscription, signal });
  }

  /** Ready whatever strangers' hosts say: none of them speaks for the others. */
  status(): ProviderStatus {
    const { lines, goaways } = this.#parts;
    return { ready: true, sessions: lines.sessions, goaways: goaways.counts };
  }

  diagnose(signal: AbortSignal): Promise<readonly Finding[]> {
    return diagnoseWebpush(this.#parts, signal);
  }

  close(): Promise<void> {
    return this.#parts.lines.close();
  }

  async #deliver(delivery: Delivery): Promise<Outcome> {
    const { push, subscription } = delivery;
    if (push.sealed !== undefined) return this.#relay(delivery, push.sealed);
    const message = buildMessage(push, subscription.keys, this.#parts.rules, Date.now());
    const exchange = await this.#send(delivery, message);
    if (exchange.kind === 'answered' && reactionTo(exchange.status) === 'too-large') return this.#sendLess(delivery, message, exchange);
    return this.#judge(delivery, exchange);
  }

  /** Mozilla for Android takes two thirds of what RFC 8030 promises: better a push without a text than none. */
  async #sendLess(delivery: Delivery, refused: WebpushMessage, answer: Answer): Promise<Outcome> {
    const { push, subscription } = delivery;
    const less = buildMessage(push, subscription.keys, this.#parts.rules, Date.now(), cautiousPlainBytes);
    return this.#judge(delivery, less.body.length < refused.body.length ? await this.#send(delivery, less) : answer);
  }

  /** The server's message under the server's own token: what the service refuses of it says nothing of our key. */
  async #relay(delivery: Delivery, sealed: Sealed): Promise<Outcome> {
    const message = buildSealedMessage(delivery.push, sealed, Date.now());
    return this.#judge(delivery, await this.#request(delivery, message, () => authorizationOf(sealed)));
  }

  /** Servers of UnifiedPush without encryption, ntfy among them, may take an authorization for a login of their own. */
  #send(delivery: Delivery, message: WebpushMessage): Promise<Exchange> {
    const { origin } = delivery.subscription.endpoint;
    return this.#request(delivery, message, () => (message.isEncrypted ? this.#parts.tokens.authorizationFor(origin) : undefined));
  }

  /** Nothing is signed for a push that finds no place. */
  #request({ push, subscription, signal }: Delivery, message: WebpushMessage, authorize: () => string | undefined): Promise<Exchange> {
    const { endpoint } = subscription;
    return this.#parts.lines.request(endpoint.origin, () => buildRequest(endpoint, message, authorize(), push, signal));
  }

  #judge(delivery: Delivery, exchange: Exchange): Outcome {
    switch (exchange.kind) {
      case 'answered':
        return this.#answered(delivery, exchange);
      case 'unsent':
        return buildRetry(exchange.reason, exchange.afterMs);
      case 'in-doubt':
        return buildRetry(`in doubt: ${exchange.reason}`, undefined);
      default:
        return exchange satisfies never;
    }
  }

  #answered({ push: { sealed }, subscription: { endpoint } }: Delivery, { status, headers }: Answer): Outcome {
    const reaction = reactionTo(status);
    const reason = describeAnswer(endpoint.host, status);
    switch (reaction) {
      case 'accepted':
        if (sealed === undefined) this.#refusing.delete(endpoint.host);
        return { kind: 'accepted' };
      case 'gone':
        return { kind: 'gone' };
      case 'credentials':
        if (sealed === undefined) this.#refused(endpoint, reason);
        return { kind: 'rejected', reason };
      case 'too-large':
      case 'rejected':
        return { kind: 'rejected', reason };
      case 'retry':
        return buildRetry(reason, readRetryAfter(headers));
      default:
        return reaction satisfies never;
    }
  }

  /** One line for each host, until it takes a push again. */
  #refused({ origin, host }: URL, reason: string): void {
    this.#parts.tokens.expire(origin);
    if (!this.#refusing.has(host))
      this.#parts.log.warn('webpush-refused', { reason: `${reason}: it does not take our VAPID key or token` });
    this.#refusing.set(host, true);
  }
}
