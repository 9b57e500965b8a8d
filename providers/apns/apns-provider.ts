import type { Outcome, Provider, ProviderLog, ProviderStatus, Push } from '../../src/index.ts';
import type { Exchange } from '../http2/exchange.ts';
import type { Pool } from '../http2/pool.ts';
import type { Credentials } from './credentials.ts';
import type { PayloadRules } from './alert.ts';
import { buildCollapseId, buildCollapseKey } from './collapse.ts';
import { isDeviceToken } from './device-token.ts';
import { buildMessage, type ApnsMessage } from './payload.ts';
import { buildOutcome, parseRefusal, reactionTo, type Reaction } from './reasons.ts';
import { createSecondTokens } from './second-tokens.ts';
import { createProviderToken, type ProviderToken } from './token.ts';

const answerLimitMs = 15_000;

export interface ApnsParts {
  readonly credentials: Credentials;
  readonly payload: PayloadRules;
  readonly main: Pool;
  /** Where a token that `main` does not know is tried once. */
  readonly fallback: Pool | undefined;
  readonly log: ProviderLog;
}

type Answer = Extract<Exchange, { kind: 'answered' }>;

/** Pushes to APNs over one or two pools, which it owns. */
export class ApnsProvider implements Provider {
  #parts: ApnsParts;
  #token: ProviderToken | undefined;
  #topic: string;
  #collapseKey: Buffer;
  readonly #secondTokens = createSecondTokens();
  /** Why Apple refuses our credentials, until it accepts a push again. */
  #refusedAs: string | undefined;

  constructor(parts: ApnsParts) {
    this.#parts = parts;
    const { credentials } = parts;
    this.#token = credentials.kind === 'key' ? createProviderToken(credentials) : undefined;
    this.#topic = credentials.kind === 'none' ? '' : credentials.topic;
    this.#collapseKey = buildCollapseKey(credentials);
  }

  async push(push: Push, signal: AbortSignal): Promise<Outcome> {
    const obstacle = this.#obstacle(push);
    if (obstacle !== undefined) return obstacle;
    const checked = this.#secondTokens.check(push);
    const message = buildMessage(checked, this.#parts.payload);
    const outcome = await this.#send(checked, message, signal);
    if (message.device === 'first' || outcome.kind !== 'gone') return outcome;
    this.#secondTokens.bury(push, outcome.since);
    this.#parts.log.info('second-token-dead', { push: push.id });
    return this.#send(push, buildMessage({ ...push, secondToken: undefined }, this.#parts.payload), signal);
  }

  async #send(push: Push, message: ApnsMessage, signal: AbortSignal): Promise<Outcome> {
    const { main, fallback } = this.#parts;
    const exchange = await this.#request(main, push, message, signal);
    if (fallback === undefined || !isUnknownToken(exchange)) return this.#outcome(exchange);
    return this.#outcome(await this.#request(fallback, push, message, signal));
  }

  status(): ProviderStatus {
    const { credentials, main, fallback } = this.#parts;
    const sessions = main.sessions + (fallback?.sessions ?? 0);
    const expiresAt = endOf(credentials);
    const reason = this.#reasonNotReady(credentials, expiresAt);
    return {
      ready: reason === undefined,
      sessions,
      ...(reason === undefined ? {} : { reason }),
      ...(expiresAt === undefined ? {} : { credentialExpiresAt: expiresAt }),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#parts.main.close(), this.#parts.fallback?.close()]);
  }

  #obstacle(push: Push): Outcome | undefined {
    if (this.#parts.credentials.kind === 'none') return { kind: 'rejected', reason: 'no certificate and no key' };
    if (!isDeviceToken(push.token)) return { kind: 'gone' };
    return push.expiresAt.getTime() <= Date.now() ? { kind: 'rejected', reason: 'expired before it was sent' } : undefined;
  }

  #request(pool: Pool, push: Push, message: ApnsMessage, signal: AbortSignal): Promise<Exchange> {
    const expiresMs = push.expiresAt.getTime();
    // prettier-ignore
    const headers = [
      ':method', 'POST', ':scheme', 'https', ':authority', pool.authority, ':path', `/3/device/${tokenOf(push, message)}`,
      'apns-topic', this.#topic + message.topicSuffix, 'apns-push-type', message.pushType, 'apns-priority', message.priority,
      'apns-id', push.id, 'apns-expiration', String(Math.floor(expiresMs / 1000)),
    ];
    if (message.subject !== undefined) headers.push('apns-collapse-id', buildCollapseId(this.#collapseKey, message.subject));
    if (this.#token !== undefined) headers.push('authorization', this.#token.bearer());
    return pool.request({ headers, body: message.payload, deadline: Math.min(Date.now() + answerLimitMs, expiresMs), signal });
  }

  #outcome(exchange: Exchange): Outcome {
    switch (exchange.kind) {
      case 'answered':
        return exchange.status === 200 ? this.#accepted(exchange) : this.#refused(exchange);
      case 'unsent':
        return { kind: 'retry', reason: exchange.reason, ...(exchange.afterMs === undefined ? {} : { afterMs: exchange.afterMs }) };
      case 'in-doubt':
        return { kind: 'retry', reason: `in doubt: ${exchange.reason}` };
      default:
        return exchange satisfies never;
    }
  }

  #accepted({ headers }: Answer): Outcome {
    this.#refusedAs = undefined;
    const id = headers['apns-id'];
    return typeof id === 'string' ? { kind: 'accepted', id } : { kind: 'accepted' };
  }

  #refused({ status, body, session }: Answer): Outcome {
    const { reason, since } = parseRefusal(body);
    const reaction = reactionTo(status, reason);
    if (reaction.isOurCredentials === true) this.#refuseCredentials(reaction);
    if (reaction.retiresSession === true) session.retire();
    if (reason === 'ExpiredProviderToken') this.#token?.expire();
    return buildOutcome(reaction, since);
  }

  #refuseCredentials({ status, reason }: Reaction): void {
    const text = `Apple refuses our credentials: ${status} ${reason}`;
    if (this.#refusedAs !== text) this.#parts.log.error('apns-credentials-refused', { status, reason });
    this.#refusedAs = text;
  }

  #reasonNotReady(credentials: Credentials, expiresAt: Date | undefined): string | undefined {
    if (credentials.kind === 'none') return 'no certificate and no key; set cert-file or key-file, or upload a certificate';
    if (expiresAt !== undefined && expiresAt.getTime() <= Date.now())
      return `the certificate ended on ${expiresAt.toISOString().slice(0, 10)}`;
    return this.#refusedAs;
  }
}

function tokenOf({ token, secondToken }: Push, { device }: ApnsMessage): string {
  return device === 'second' ? (secondToken ?? token) : token;
}

function isUnknownToken(exchange: Exchange): boolean {
  return exchange.kind === 'answered' && exchange.status === 400 && parseRefusal(exchange.body).reason === 'BadDeviceToken';
}

function endOf(credentials: Credentials): Date | undefined {
  if (credentials.kind !== 'certificate') return undefined;
  const { certificate, pushKit } = credentials;
  return pushKit !== undefined && pushKit.expiresAt < certificate.expiresAt ? pushKit.expiresAt : certificate.expiresAt;
}
