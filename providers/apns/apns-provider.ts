import type { AddressVerdict, CertificateSlot, Finding, Outcome, Provider, ProviderLog, ProviderStatus, Push } from '../../src/index.ts';
import type { Goaways } from '../http2/goaways.ts';
import { isPage, type Exchange } from '../http2/exchange.ts';
import { outcomeWithoutAnswer } from '../http2/without-answer.ts';
import type { Access } from './access.ts';
import { readAddress } from './address.ts';
import type { Environment } from './credentials/extension.ts';
import type { PayloadRules } from './request/alert.ts';
import type { Holder } from './credentials/certificate-slot.ts';
import { endOf, topicsOfCredentials, type Credentials } from './credentials/credentials.ts';
import { diagnoseApns } from './diagnose/diagnose.ts';
import { adviseOn } from './diagnose/refusal.ts';
import { checkDeviceToken } from './device-token.ts';
import type { FileWatch } from '../files/file-watch.ts';
import { obstacleOf, reasonNotReady } from './obstacle.ts';
import { buildMessage, readContent, type ApnsMessage } from './request/payload.ts';
import { buildOutcome, parseRefusal, reactionTo, type Reaction } from './reasons.ts';
import { buildRequest } from './request/request.ts';
import { createSecondTokens } from './second-tokens.ts';

export interface ApnsParts {
  readonly credentials: Credentials;
  readonly payload: PayloadRules;
  /** Called at the start and each time the credentials are replaced; the provider closes what it gets. */
  readonly openAccess: (credentials: Credentials) => Access;
  /** Hands over new credentials when their files change, until closed by the provider. */
  readonly watch: (replace: (credentials: Credentials) => void) => FileWatch;
  /** Where administrators may set a certificate while it runs. */
  readonly openSlot?: (holder: Holder) => CertificateSlot;
  readonly log: ProviderLog;
  /** Of all connections, those of former credentials included. */
  readonly goaways: Goaways;
}

type Answer = Extract<Exchange, { kind: 'answered' }>;

/** Pushes to APNs with credentials that may be replaced at any time. */
export class ApnsProvider implements Provider, Holder {
  readonly checkToken = checkDeviceToken;
  readonly contentOf = (push: Push) => readContent(push, this.#parts.payload);
  readonly certificateSlot?: CertificateSlot;
  readonly #parts: ApnsParts;
  readonly #secondTokens = createSecondTokens();
  readonly #watch: FileWatch;
  #access: Access;
  /** Those that are replaced and finish their last pushes. */
  readonly #retiring = new Map<Access, Promise<void>>();

  constructor(parts: ApnsParts) {
    this.#parts = parts;
    this.#access = parts.openAccess(parts.credentials);
    this.#watch = parts.watch((credentials) => this.replace(credentials));
    if (parts.openSlot !== undefined) this.certificateSlot = parts.openSlot(this);
  }

  get identity(): string {
    return this.#access.identity;
  }

  get credentials(): Credentials {
    return this.#access.credentials;
  }

  readAddress(text: string): AddressVerdict | undefined {
    return readAddress(text, { topic: this.#access.topic, environments: this.#access.order(undefined) });
  }

  async push(push: Push, signal: AbortSignal): Promise<Outcome> {
    // A push finishes with the credentials it began with.
    const access = this.#access;
    access.occupancy.enter();
    try {
      return obstacleOf(push, access) ?? (await this.#deliver(access, push, signal));
    } finally {
      access.occupancy.leave();
    }
  }

  /**
   * From the next push on these credentials are used, over connections of their own; pushes under way finish on the old
   * ones, which then close. The credentials are checked already.
   */
  replace(credentials: Credentials): void {
    const old = this.#access;
    this.#access = this.#parts.openAccess(credentials);
    this.#retiring.set(old, this.#retire(old));
    this.#parts.log.info('apns-credentials-replaced', { expiresAt: endOf(credentials)?.toISOString() });
  }

  status(): ProviderStatus {
    const sessions = [this.#access, ...this.#retiring.keys()].reduce((sum, access) => sum + access.sessions, 0);
    const expiresAt = endOf(this.credentials);
    const reason = reasonNotReady(this.#access);
    return {
      ready: reason === undefined,
      sessions,
      goaways: this.#parts.goaways.counts,
      topics: topicsOfCredentials(this.credentials),
      environment: this.#access.order(undefined).join(', then '),
      ...(reason === undefined ? {} : { reason }),
      ...(expiresAt === undefined ? {} : { credentialExpiresAt: expiresAt }),
    };
  }

  diagnose(signal: AbortSignal): Promise<readonly Finding[]> {
    return diagnoseApns(this.#access, signal);
  }

  advise(reason: string): string | undefined {
    return adviseOn(reason, this.#access);
  }

  async close(): Promise<void> {
    await this.#watch.close();
    await Promise.all([this.#access, ...this.#retiring.keys()].map((access) => access.close()));
    await Promise.all(this.#retiring.values());
  }

  async #retire(access: Access): Promise<void> {
    await access.retire();
    this.#retiring.delete(access);
  }

  #deliver(access: Access, push: Push, signal: AbortSignal): Promise<Outcome> {
    const checked = access.coversCalls ? this.#secondTokens.check(push) : withoutSecond(push);
    const message = buildMessage(checked, this.#parts.payload);
    const sending = this.#send(access, checked, message, signal);
    return message.device === 'first' ? sending : this.#orFirst(sending, access, push, signal);
  }

  /** A call that can't ring is told of all the same. */
  async #orFirst(sending: Promise<Outcome>, access: Access, push: Push, signal: AbortSignal): Promise<Outcome> {
    const { payload, log } = this.#parts;
    const outcome = await sending;
    if (outcome.kind === 'accepted' || outcome.kind === 'retry') return outcome;
    if (outcome.kind === 'rejected') log.warn('call-refused', { push: push.id, reason: outcome.reason });
    else {
      this.#secondTokens.bury(push, outcome.since);
      log.info('second-token-dead', { push: push.id });
    }
    return this.#send(access, push, buildMessage(withoutSecond(push), payload), signal);
  }

  /** Which of two services answers for a device is found out once, and remembered with the device. */
  #send(access: Access, push: Push, message: ApnsMessage, signal: AbortSignal): Promise<Outcome> {
    const [first = 'production', second] = access.order(push.remembered);
    const asked = this.#request(access, first, push, message, signal);
    if (second === undefined) return asked.then((exchange) => this.#outcome(access, exchange));
    return asked.then(async (exchange) => {
      if (!isUnknownToken(exchange)) return this.#outcome(access, exchange);
      const outcome = this.#outcome(access, await this.#request(access, second, push, message, signal));
      return outcome.kind === 'accepted' ? { ...outcome, remember: second } : outcome;
    });
  }

  #request(access: Access, environment: Environment, push: Push, message: ApnsMessage, signal: AbortSignal): Promise<Exchange> {
    const pool = access.pool(environment, message.pushType === 'voip' ? 'calls' : 'messages');
    return pool.request(buildRequest(access, pool, push, message, signal));
  }

  #outcome(access: Access, exchange: Exchange): Outcome {
    if (exchange.kind !== 'answered') return outcomeWithoutAnswer(exchange);
    if (exchange.status !== 200) return this.#refused(access, exchange);
    return isPage(exchange.body) ? { kind: 'retry', reason: '200 with a page instead of an answer' } : accept(access, exchange);
  }

  #refused(access: Access, { status, body, session }: Answer): Outcome {
    const { reason, since } = parseRefusal(body);
    const reaction = reactionTo(status, reason);
    if (reaction.isOurCredentials === true) this.#refuseCredentials(access, reaction);
    if (reaction.retiresSession === true) session.retire();
    if (reason === 'ExpiredProviderToken' || reason === 'InvalidProviderToken') access.token?.expire();
    return buildOutcome(reaction, since);
  }

  #refuseCredentials(access: Access, { status, reason }: Reaction): void {
    const text = `Apple refuses our credentials: ${status} ${reason}`;
    if (access.refusedAs !== text) this.#parts.log.error('apns-credentials-refused', { status, reason });
    access.refusedAs = text;
  }
}

function withoutSecond(push: Push): Push {
  return push.secondToken === undefined ? push : { ...push, secondToken: undefined };
}

function accept(access: Access, { headers: { 'apns-id': id } }: Answer): Outcome {
  access.refusedAs = undefined;
  return typeof id === 'string' ? { kind: 'accepted', id } : { kind: 'accepted' };
}

function isUnknownToken(exchange: Exchange): boolean {
  return exchange.kind === 'answered' && exchange.status === 400 && parseRefusal(exchange.body).reason === 'BadDeviceToken';
}
