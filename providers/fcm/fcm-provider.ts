import { valueUntilAborted } from '../../src/base/limit.ts';
import { createHash } from 'node:crypto';
import type { Finding, Outcome, Provider, ProviderLog, ProviderStatus, Push } from '../../src/index.ts';
import type { FileWatch } from '../files/file-watch.ts';
import type { Goaways } from '../http2/goaways.ts';
import { isPage, type Exchange } from '../http2/exchange.ts';
import { parseRetryAfter } from '../http2/retry-after.ts';
import type { Privacy } from '../payload/payload-keys.ts';
import type { Denial } from './access/access-tokens.ts';
import type { AccountAccess, Line } from './access/account-access.ts';
import { checkDeviceToken, isDeviceToken } from './device-token.ts';
import { diagnoseFcm } from './diagnose/diagnose.ts';
import { adviseOn } from './diagnose/refusal.ts';
import { buildMessage, buildProbe, readContent } from './message.ts';
import { parseObject } from './parse-object.ts';
import { buildRetry, describeRefusal, reactionTo } from './reasons.ts';
import { parseRefusal, type Refusal } from './refusal.ts';
import { buildRequest } from './request.ts';
import type { ServiceAccount } from './access/service-account.ts';

export interface FcmParts {
  readonly account: ServiceAccount;
  /** Where messages go; the provider closes it. */
  readonly line: Line;
  readonly senderId: string | undefined;
  readonly privacy: Privacy;
  /** Called at the start and each time the service account is replaced; the provider closes what it gets. */
  readonly openAccess: (account: ServiceAccount) => AccountAccess;
  /** Hands over the service account when its file changes, until closed by the provider. */
  readonly watch: (replace: (account: ServiceAccount) => void) => FileWatch;
  readonly log: ProviderLog;
  /** Of all connections, those for access tokens included. */
  readonly goaways: Goaways;
}

type Answer = Extract<Exchange, { kind: 'answered' }>;

/** One push on its way, by one service account. */
interface Delivery {
  readonly access: AccountAccess;
  readonly push: Push;
  readonly signal: AbortSignal;
}

/** Pushes to FCM (HTTP v1) with a service account that may be replaced at any time. */
export class FcmProvider implements Provider {
  readonly checkToken = checkDeviceToken;
  readonly contentOf = (push: Push) => readContent(push, this.#parts.privacy);
  readonly advise = (reason: string): string | undefined => adviseOn(reason, this.#access.account.projectId);
  readonly #parts: FcmParts;
  readonly #watch: FileWatch;
  #access: AccountAccess;
  /** Those that are replaced and finish their last pushes. */
  readonly #retiring = new Map<AccountAccess, Promise<void>>();

  constructor(parts: FcmParts) {
    this.#parts = parts;
    this.#access = parts.openAccess(parts.account);
    this.#watch = parts.watch((account) => this.replace(account));
  }

  /** Another key of the same account changes nothing: tokens belong to the project. */
  get identity(): string {
    const { projectId, clientEmail } = this.#access.account;
    const { href } = this.#parts.line.endpoint.origin;
    return createHash('sha256')
      .update(JSON.stringify([projectId, clientEmail, href]))
      .digest('base64url');
  }

  async push(push: Push, signal: AbortSignal): Promise<Outcome> {
    if (!isDeviceToken(push.token)) return { kind: 'gone' };
    if (push.expiresAt.getTime() <= Date.now()) return { kind: 'rejected', reason: 'expired before it was sent' };
    // A push finishes with the account it began with.
    const access = this.#access;
    access.occupancy.enter();
    try {
      return await this.#deliver({ access, push, signal });
    } finally {
      access.occupancy.leave();
    }
  }

  /** From the next push on this service account is used; pushes under way finish with the old one. */
  replace(account: ServiceAccount): void {
    const old = this.#access;
    this.#access = this.#parts.openAccess(account);
    this.#retiring.set(old, this.#retire(old));
    this.#parts.log.info('fcm-service-account-replaced', { project: account.projectId });
  }

  status(): ProviderStatus {
    const { reasonNotReady: reason } = this.#access;
    const { line, goaways } = this.#parts;
    const traffic = { sessions: line.pool.sessions + this.#access.sessions, goaways: goaways.counts };
    return reason === undefined ? { ready: true, ...traffic } : { ready: false, reason, ...traffic };
  }

  diagnose(signal: AbortSignal): Promise<readonly Finding[]> {
    return diagnoseFcm({ ...this.#parts, access: this.#access }, signal);
  }

  async close(): Promise<void> {
    await this.#watch.close();
    await this.#parts.line.pool.close();
    await Promise.all([this.#access, ...this.#retiring.keys()].map((access) => access.close()));
    await Promise.all(this.#retiring.values());
  }

  async #retire(access: AccountAccess): Promise<void> {
    await access.retire();
    this.#retiring.delete(access);
  }

  async #deliver(delivery: Delivery): Promise<Outcome> {
    const exchange = await this.#send(delivery, buildMessage(delivery.push, this.#parts.privacy, Date.now()));
    return 'outcome' in exchange ? exchange.outcome : this.#judge(delivery, exchange);
  }

  /** An access token that Google calls invalid costs the push one more try with a new one. */
  async #send(delivery: Delivery, body: string): Promise<Exchange | { readonly outcome: Outcome }> {
    const { access, push, signal } = delivery;
    for (let isLast = false; ; isLast = true) {
      const obtained = access.tokens.obtain();
      const accessToken = typeof obtained === 'string' ? obtained : await valueUntilAborted(obtained, signal);
      if (accessToken === undefined) return { outcome: { kind: 'retry', reason: 'aborted while waiting for an access token' } };
      if (typeof accessToken !== 'string') return { outcome: denied(accessToken) };
      const { pool } = this.#parts.line;
      const exchange = await pool.request(buildRequest(pool, access.account.projectId, accessToken, body, push, signal));
      if (isLast || exchange.kind !== 'answered' || exchange.status === 200) return exchange;
      if (reactionTo(parseRefusal(exchange.status, exchange.body)).kind !== 'new-access-token') return exchange;
      access.tokens.reject(accessToken);
    }
  }

  async #judge(delivery: Delivery, exchange: Exchange): Promise<Outcome> {
    switch (exchange.kind) {
      case 'answered':
        if (exchange.status !== 200) return this.#refused(delivery, exchange);
        return isPage(exchange.body)
          ? { kind: 'retry', reason: '200 with a page instead of an answer' }
          : accept(delivery.access, exchange);
      case 'unsent':
        return buildRetry(exchange.reason, exchange.afterMs, undefined);
      case 'in-doubt':
        return { kind: 'retry', reason: `in doubt: ${exchange.reason}` };
      default:
        return exchange satisfies never;
    }
  }

  async #refused(delivery: Delivery, { status, body, headers }: Answer): Promise<Outcome> {
    const refusal = parseRefusal(status, body);
    const reaction = reactionTo(refusal);
    const reason = describeRefusal(refusal);
    switch (reaction.kind) {
      case 'gone':
        return { kind: 'gone' };
      case 'ask-whose-fault':
        return (await this.#isTokenAtFault(delivery)) ? { kind: 'gone' } : { kind: 'rejected', reason };
      case 'rejected':
        return { kind: 'rejected', reason };
      case 'credentials':
      case 'new-access-token':
        this.#refuseAccount(delivery.access, refusal);
        return { kind: 'rejected', reason };
      case 'retry':
        return buildRetry(reason, reaction.afterMs, parseRetryAfter(headers['retry-after'], Date.now()));
      default:
        return reaction satisfies never;
    }
  }

  /** Google says the same of a bad token and of a bad message. A message with nothing in it, never delivered, tells them apart. */
  async #isTokenAtFault(delivery: Delivery): Promise<boolean> {
    const exchange = await this.#send(delivery, buildProbe(delivery.push));
    if ('outcome' in exchange || exchange.kind !== 'answered' || exchange.status === 200) return false;
    const { kind } = reactionTo(parseRefusal(exchange.status, exchange.body));
    return kind === 'ask-whose-fault' || kind === 'gone';
  }

  #refuseAccount(access: AccountAccess, refusal: Refusal): void {
    const text = `Google refuses our pushes: ${describeRefusal(refusal)} ${refusal.message}`.trim();
    if (access.refusedAs !== text) this.#parts.log.error('fcm-account-refused', { reason: text });
    access.refusedAs = text;
  }
}

function denied(denial: Denial): Outcome {
  return denial.kind === 'unavailable'
    ? buildRetry(denial.reason, denial.afterMs, undefined)
    : { kind: 'rejected', reason: `no access token: ${denial.reason}` };
}

function accept(access: AccountAccess, { body }: Answer): Outcome {
  access.refusedAs = undefined;
  const { name } = parseObject(body);
  return typeof name === 'string' ? { kind: 'accepted', id: name.slice(0, 256) } : { kind: 'accepted' };
}
