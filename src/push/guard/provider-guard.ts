// Room: a provider behind walls: limits, shares, errors, redaction. In: a push. Out: an outcome, always, in time. May enter: dispatch,
// delivery, loading.
import type { Log } from '../../log/log.ts';
import { AbortBatches } from './abort-batches.ts';
import { describeError, readMessage } from './describe-error.ts';
import { Occasionally } from '../../log/occasionally.ts';
import { guardSlot } from './slot.ts';
import { createProviderRunner } from './provider-context.ts';
import type { CertificateSlot, Outcome, Provider, ProviderStatus, Push, TokenVerdict } from '../provider/provider.ts';
import { buildLeast, readContent } from './read-content.ts';
import type { AddressVerdict } from '../provider/sealed.ts';
import { createIdentityReader } from './read-identity.ts';
import { parseOutcome } from './read-outcome.ts';
import { parseStatus } from './read-status.ts';
import { readAddressVerdict } from '../tokens/read-address-verdict.ts';
import { readTokenVerdict } from '../tokens/read-token-verdict.ts';
import { flatten } from '../provider/describe-outcome.ts';
import { redact } from '../tokens/redact.ts';
import { withLimit } from '../../base/limit.ts';
import { busy } from './untried.ts';

export interface ProviderGuardOptions {
  /** The provider id. */
  readonly name: string;
  /** Stands for {@link Provider.identity} where the provider has none; empty where not given. */
  readonly identity?: string;
  /** How many pushes the provider may have under way; what it never settles counts for good. */
  readonly share: number;
  /** How long it may take to settle a push once it was told to stop; a second where not given. */
  readonly graceMs?: number;
  readonly log: Log;
}

/** What `app.ts` leaves of the ten seconds of a shutdown. */
const closeLimitMs = 1_500;
const repeatMs = 60_000;
const usualGraceMs = 1_000;
const longestAdvice = 500;

const failed: Outcome = Object.freeze({ kind: 'retry', reason: 'the provider failed' });
const unsettled: Outcome = Object.freeze({ kind: 'retry', reason: 'the provider did not settle in time' });

/**
 * A provider as everybody else sees it: whatever the one inside does — throw, hang, leak, answer nonsense — its pushes
 * settle with an outcome soon after their signal aborts, its status is a status, and it keeps to its share.
 */
export class ProviderGuard implements Provider {
  readonly certificateSlot?: CertificateSlot;
  readonly #provider: Provider;
  readonly #options: ProviderGuardOptions;
  readonly #batches: AbortBatches;
  readonly #run: <T>(work: () => T) => T;
  readonly #readIdentity: () => string;
  readonly #failures = new Occasionally(repeatMs);
  readonly #refusals = new Occasionally(repeatMs);
  #inFlight = 0;
  #overdue = 0;
  #closed: Promise<void> | undefined;

  constructor(provider: Provider, options: ProviderGuardOptions) {
    this.#provider = provider;
    this.#options = options;
    this.#run = createProviderRunner(options.name);
    this.#readIdentity = createIdentityReader(provider, options.identity ?? '');
    this.#batches = new AbortBatches((abort) => this.#run(abort), options.graceMs ?? usualGraceMs);
    const { certificateSlot } = provider;
    if (certificateSlot !== undefined) this.certificateSlot = guardSlot(certificateSlot, (work) => this.#run(work));
  }

  /** Never throws. */
  get identity(): string {
    return this.#run(this.#readIdentity);
  }

  /** Pushes that the provider was given and has not settled, even where they were given up long ago. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Never rejects. Settles with {@link busy} at once where the provider's share is used up. */
  push(push: Push, signal: AbortSignal): Promise<Outcome> {
    if (this.#inFlight >= this.#options.share) return this.#refuse();
    const batch = this.#batches.of(signal);
    let work: Promise<unknown>;
    try {
      // What is only like a promise becomes one.
      work = this.#run(() => Promise.resolve(this.#provider.push(push, batch.signal)));
    } catch (error) {
      return Promise.resolve(this.#failed(error, push));
    }
    this.#inFlight += 1;
    return new Promise((settle) => {
      const giveUp = () => {
        this.#overdue += 1;
        settle(unsettled);
      };
      const finish = (outcome: Outcome) => {
        this.#inFlight -= 1;
        if (!batch.giveUp.delete(giveUp)) this.#overdue -= 1;
        settle(outcome);
      };
      batch.giveUp.add(giveUp);
      // Not its own `then`, which could call back twice.
      void Promise.prototype.then.call(
        work,
        (value) => finish(this.#read(value, push)),
        (error: unknown) => finish(this.#failed(error, push)),
      );
    });
  }

  /** Never throws. A provider that has let all its pushes hang is not ready. */
  status(): ProviderStatus {
    if (this.#overdue >= this.#options.share)
      return { ready: false, reason: 'it holds on to as many pushes as it may have and settles none' };
    const status = this.#attempt('status', () => parseStatus(this.#provider.status()));
    return status ?? { ready: false, reason: "it can't tell its status" };
  }

  /** Never throws: of a provider that fails at this, or says nonsense, nothing is refused. */
  checkToken(text: string): TokenVerdict {
    return this.#attempt('checkToken', () => readTokenVerdict(this.#provider, text)) ?? { kind: 'token', token: text };
  }

  /** Never throws: an app whose provider fails at this is woken, and told no more. */
  contentOf(push: Push): Readonly<Record<string, unknown>> {
    try {
      return this.#run(() => readContent(this.#provider, push));
    } catch (error) {
      this.#report(error, () => ({ call: 'contentOf', message: redact(readMessage(error), push) }));
      return buildLeast(push);
    }
  }

  /** Never throws. Whatever is no line of words is none. */
  advise(reason: string): string | undefined {
    const advice: unknown = this.#attempt('advise', () => this.#provider.advise?.(reason));
    return typeof advice === 'string' && advice !== '' ? flatten(advice).slice(0, longestAdvice) : undefined;
  }

  /** Whether the provider can send what is sealed. */
  get relays(): boolean {
    return this.#provider.readAddress !== undefined;
  }

  /** Never throws: what a provider fails at, or says nonsense of, is no address of its own. */
  readAddress(address: string): AddressVerdict | undefined {
    return this.#attempt('readAddress', () => readAddressVerdict(this.#provider, address));
  }

  /** Settles within seconds; rejects with the provider's error, or where it takes longer. */
  close(): Promise<void> {
    this.#closed ??= withLimit(
      this.#run(() => new Promise<void>((resolve) => resolve(this.#provider.close()))),
      closeLimitMs,
      `it does not close within ${closeLimitMs / 1000} s`,
    );
    return this.#closed;
  }

  #refuse(): Promise<Outcome> {
    const { name, share, log } = this.#options;
    this.#refusals.run((passedOver) => log.warn('provider-busy', { provider: name, share, overdue: this.#overdue, passedOver }));
    return Promise.resolve(busy);
  }

  /** Undefined where the provider fails at it. */
  #attempt<T>(call: string, work: () => T): T | undefined {
    try {
      return this.#run(work);
    } catch (error) {
      this.#report(error, () => ({ call }));
      return undefined;
    }
  }

  #read(value: unknown, push: Push): Outcome {
    try {
      const outcome = parseOutcome(value);
      return 'reason' in outcome ? { ...outcome, reason: redact(outcome.reason, push) } : outcome;
    } catch (error) {
      return this.#failed(error, push);
    }
  }

  #failed(error: unknown, push: Push): Outcome {
    this.#report(error, () => ({ call: 'push', push: push.id, message: redact(readMessage(error), push) }));
    return failed;
  }

  #report(error: unknown, fields: () => Readonly<Record<string, unknown>>): void {
    const { name, log } = this.#options;
    this.#failures.run((passedOver) => log.error('provider-failed', { provider: name, ...fields(), ...describeError(error), passedOver }));
  }
}
