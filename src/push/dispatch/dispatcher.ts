// Room: the decision: a notification becomes a push, an outcome what it costs. In: a device and a notification. Out: an outcome. May
// enter: delivery, handlers, app.
import { randomUUID } from 'node:crypto';
import { steadyNow } from '../../base/clock.ts';
import type { Log } from '../../log/log.ts';
import type { DeferredKind } from '../../registry/deferred/deferred-store.ts';
import type { Device } from '../../registry/devices/device.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Alarm } from '../alarm.ts';
import { buildPush, type Sendable } from './build-push.ts';
import { DeadTokens } from './dead-tokens.ts';
import { isUntried } from '../guard/untried.ts';
import type { PushFeed } from '../feed/push-feed.ts';
import { Left } from './left.ts';
import { FailureLog, type Failure } from './failure-log.ts';
import { bothAtOnce, oneAfterTheOther, type LocalWay } from './local-way.ts';
import type { Notification } from '../provider/notification.ts';
import type { Outcome, Provider, Push } from '../provider/provider.ts';
import { kindFor } from './kind.ts';
import { expiryOf, type TimesToLive } from './time-to-live.ts';

export interface DispatcherOptions extends TimesToLive {
  /** Behind their guards: a push never rejects and settles soon after its signal aborts. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly registry: Registry;
  readonly log: Log;
  /** Told when a mass of dead tokens is doubted. */
  readonly alarm: Alarm;
  readonly clock?: () => number;
  readonly measurements?: PushMeasurements;
  /** To devices that are connected to us; absent where none may be. */
  readonly local?: LocalWay | undefined;
  readonly feed?: PushFeed | undefined;
}

/** Where what comes of pushes is counted; see `Measurements`. Neither throws. */
export interface PushMeasurements {
  pushed(provider: string, outcome: Outcome['kind'], seconds?: number): void;
  tokenDead(provider: string): void;
}

const longestNote = 256;

type Accepted = Extract<Outcome, { kind: 'accepted' }>;
type Gone = Extract<Outcome, { kind: 'gone' }>;

/** Why a push is sent now. */
export interface Cause {
  /** Of the stanza; undefined where a waiting push is tried again. */
  readonly id: string | undefined;
  readonly signal: AbortSignal;
}

/** One push on its way, for log and figures; `seconds` where it reached the provider. */
interface Passage {
  readonly cause: Cause;
  readonly device: Device;
  readonly push: string;
  readonly seconds?: number | undefined;
  readonly way?: 'local';
}

/** A push that its provider is asked to send. */
interface Asking extends Required<Pick<Sendable, 'device' | 'hasOwnCredentials'>> {
  readonly push: Push;
}

const notConfigured: Outcome = { kind: 'rejected', reason: 'this provider is no longer configured' };

/** The decision: a device and what was published become a push, the provider's outcome comes back. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #deadTokens: DeadTokens;
  readonly #failures: FailureLog;
  readonly #left: Left;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#failures = new FailureLog(options.log);
    this.#deadTokens = new DeadTokens(options);
    this.#left = new Left(options.log);
  }

  /** Why dead tokens cost nothing at the moment, by provider, in words for an administrator. */
  get doubts(): ReadonlyMap<string, string> {
    return this.#deadTokens.doubts;
  }

  /** Sends a new push, once; see {@link send}. */
  deliver(device: Device, notification: Notification, cause: Cause): Promise<Outcome> {
    const { feed } = this.#options;
    const id = randomUUID();
    if (feed?.isFollowed === true) feed.tell({ id, device, step: 'publish', kind: kindFor(device, notification) });
    return this.send({ id, device, notification, expiresAt: expiryOf(notification, this.#options, new Date(steadyNow())) }, cause);
  }

  /** Settles with the provider's outcome; a token called dead is forgotten first, unless that is doubtful. Rejects only with DatabaseUnavailable. */
  send(sendable: Sendable, cause: Cause): Promise<Outcome> {
    const { device, hasOwnCredentials = false } = sendable;
    const { providers, local, feed } = this.#options;
    const provider = providers.get(device.provider);
    if (provider === undefined) return Promise.resolve(this.#end({ cause, device, push: sendable.id }, notConfigured));
    if (feed?.isFollowed === true) feed.tell({ id: sendable.id, device, step: 'decision', decision: 'try' });
    const push = buildPush(sendable, local?.covers(device) === true);
    const asking = { push, device, hasOwnCredentials };
    const kind = kindFor(device, sendable.notification);
    const taken = local?.offer(push, device, kind);
    return taken === undefined ? this.#ask(provider, asking, cause) : this.#askBoth(taken, kind, provider, asking, cause);
  }

  /** Gives up asking push services whose answer nobody waits for; settles when none is asked any more. */
  close(): Promise<void> {
    return this.#left.close();
  }

  /** The device itself is asked already, and may have taken it. */
  async #askBoth(taken: Promise<boolean>, kind: DeferredKind, provider: Provider, asking: Asking, cause: Cause): Promise<Outcome> {
    const { push, device } = asking;
    const ask = (signal = cause.signal) => this.#ask(provider, asking, { ...cause, signal });
    const arrival = await (kind === 'call'
      ? bothAtOnce(taken, ask(this.#left.limit(cause.signal)), (asked) => this.#left.leave(asked, cause.id))
      : oneAfterTheOther(taken, ask));
    if (arrival.way === 'provider') return arrival.outcome;
    // Of the push service's credentials it proves nothing.
    this.#options.registry.touch(device);
    return this.#end({ cause, device, push: push.id, way: 'local' }, { kind: 'accepted' });
  }

  /** Not async, nor what comes of it unless it must: a function that waits takes some hundred bytes for each push under way. */
  #ask(provider: Provider, asking: Asking, cause: Cause): Promise<Outcome> {
    const startedAt = performance.now();
    const { identity = '' } = provider;
    return provider.push(asking.push, cause.signal).then((outcome) => {
      const seconds = isUntried(outcome) ? undefined : (performance.now() - startedAt) / 1000;
      // Credentials that were replaced meanwhile are neither proven nor doubted by what was sent with the old ones.
      const proven = provider.identity === identity || identity === '' ? identity : undefined;
      return this.#judge(outcome, asking, { cause, device: asking.device, push: asking.push.id, seconds }, proven);
    });
  }

  /** What an outcome means for the device; `identity` is with which credentials it was got, undefined where these were replaced meanwhile. */
  #judge(outcome: Outcome, asking: Asking, passage: Passage, identity: string | undefined): Outcome | Promise<Outcome> {
    if (asking.hasOwnCredentials) return this.#end(passage, this.#takeAsSaid(asking.device, outcome));
    if (outcome.kind === 'gone') return this.#bury(outcome, passage, identity);
    const remembering = outcome.kind === 'accepted' ? this.#accept(outcome, passage, identity) : undefined;
    return remembering === undefined ? this.#end(passage, outcome) : remembering.then(() => this.#end(passage, outcome));
  }

  #takeAsSaid({ provider }: Device, outcome: Outcome): Outcome {
    if (outcome.kind === 'gone') this.#options.measurements?.tokenDead(provider);
    return outcome;
  }

  async #bury({ since }: Gone, passage: Passage, identity: string | undefined): Promise<Outcome> {
    const { device, cause } = passage;
    this.#options.measurements?.tokenDead(device.provider);
    const verdict = await this.#deadTokens.refused({ device, since, identity, stanza: cause.id }).catch((error: unknown) => {
      this.#end(passage, { kind: 'retry', reason: 'the token is dead, and the database could not be told' });
      throw error;
    });
    return this.#end(passage, verdict);
  }

  /** A promise only where there is something to wait for. */
  #accept({ remember }: Accepted, { device, cause }: Passage, identity: string | undefined): Promise<void> | undefined {
    this.#deadTokens.accepted(device, identity);
    if (device.isStateless === true) return undefined;
    this.#options.registry.touch(device);
    return remember === undefined || remember === device.note ? undefined : this.#remember(device, remember, cause);
  }

  /** The push is accepted whether or not this succeeds; a note that is lost is found out anew. */
  async #remember({ provider, node }: Device, note: string, { id: stanza }: Cause): Promise<void> {
    const { registry, log } = this.#options;
    if (note.length > longestNote || note.includes('\0')) log.error('note-refused', { stanza, provider, characters: note.length });
    else await registry.note(node, note).catch((error: unknown) => log.warn('note-not-written', { stanza, provider, error }));
  }

  #end({ cause, device, push, seconds, way }: Passage, outcome: Outcome): Outcome {
    const { measurements, log, feed } = this.#options;
    measurements?.pushed(device.provider, outcome.kind, seconds);
    const reason = 'reason' in outcome ? outcome.reason : undefined;
    const fields = { stanza: cause.id, provider: device.provider, owner: device.owner, push, outcome: outcome.kind, reason, way };
    if (feed?.isFollowed === true)
      feed.tell({ id: push, device, step: 'outcome', outcome: outcome.kind, reason, ms: seconds && seconds * 1000 });
    if (isFailure(outcome)) this.#failures.tell(device.provider, outcome, fields);
    else log[outcome.kind === 'gone' ? 'info' : 'debug']('push', fields);
    return outcome;
  }
}

/** That a provider's share is used up or its breaker open is told once for many pushes, where it begins. */
function isFailure(outcome: Outcome): outcome is Failure {
  return (outcome.kind === 'rejected' || outcome.kind === 'retry') && !isUntried(outcome);
}
