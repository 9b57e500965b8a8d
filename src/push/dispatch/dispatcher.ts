// Room: the decision: a notification becomes a push, an outcome what it costs. In: a device and a notification. Out: an outcome. May
// enter: delivery, handlers, app.
import { randomUUID } from 'node:crypto';
import { steadyNow, toMachineTime } from '../../base/clock.ts';
import type { Log } from '../../log/log.ts';
import type { Device } from '../../registry/devices/device.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Alarm } from '../alarm.ts';
import { DeadTokens } from './dead-tokens.ts';
import { isUntried } from '../guard/untried.ts';
import { FailureLog, type Failure } from './failure-log.ts';
import { kindFor } from './kind.ts';
import { bothAtOnce, oneAfterTheOther, type LocalWay } from './local-way.ts';
import type { Notification } from '../provider/notification.ts';
import type { Outcome, Provider, Push } from '../provider/provider.ts';
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

/** A push before it becomes the provider's; the same at every try. */
export interface Sendable {
  /** Lower-case canonical UUID. */
  readonly id: string;
  readonly device: Device;
  readonly notification: Notification;
  /** By the steady clock. */
  readonly expiresAt: Date;
}

/** One push on its way, for log and figures; `push` and `seconds` where it reached the provider. */
interface Passage {
  readonly cause: Cause;
  readonly device: Device;
  readonly push?: string;
  readonly seconds?: number;
  readonly way?: 'local';
}

/** Whose outcome it is, and with which credentials it was got; undefined where these were replaced meanwhile. */
interface Judged {
  readonly device: Device;
  readonly cause: Cause;
  readonly identity: string | undefined;
}

const notConfigured: Outcome = { kind: 'rejected', reason: 'this provider is no longer configured' };

/** The decision: a device and what was published become a push, the provider's outcome comes back. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #deadTokens: DeadTokens;
  readonly #failures: FailureLog;
  /** Push services that are asked for a call that the device itself has taken by now. */
  readonly #left = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#failures = new FailureLog(options.log);
    this.#deadTokens = new DeadTokens(options);
  }

  /** Why dead tokens cost nothing at the moment, by provider, in words for an administrator. */
  get doubts(): ReadonlyMap<string, string> {
    return this.#deadTokens.doubts;
  }

  /** Sends a new push, once; see {@link send}. */
  deliver(device: Device, notification: Notification, cause: Cause): Promise<Outcome> {
    return this.send(
      { id: randomUUID(), device, notification, expiresAt: expiryOf(notification, this.#options, new Date(steadyNow())) },
      cause,
    );
  }

  /** Settles with the provider's outcome; a token called dead is forgotten first, unless that is doubtful. Rejects only with DatabaseUnavailable. */
  async send(sendable: Sendable, cause: Cause): Promise<Outcome> {
    const { device } = sendable;
    const provider = this.#options.providers.get(device.provider);
    if (provider === undefined) return this.#end({ cause, device }, notConfigured);
    const { local } = this.#options;
    const push = buildPush(sendable, local?.covers(device) === true);
    const kind = kindFor(device, sendable.notification);
    const taken = local?.offer(push, device, kind);
    const ask = (signal = cause.signal) => this.#ask(provider, push, device, { ...cause, signal });
    if (taken === undefined) return this.#ask(provider, push, device, cause);
    const left = (asked: Promise<Outcome>) => this.#leave(asked, cause);
    const arrival = await (kind === 'call'
      ? bothAtOnce(taken, ask(AbortSignal.any([cause.signal, this.#stop.signal])), left)
      : oneAfterTheOther(taken, ask));
    if (arrival.way === 'provider') return arrival.outcome;
    // Of the push service's credentials it proves nothing.
    if (device.isStateless !== true) this.#options.registry.touch(device);
    return this.#end({ cause, device, push: push.id, way: 'local' }, { kind: 'accepted' });
  }

  /** Gives up asking push services whose answer nobody waits for; settles when none is asked any more. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#left);
  }

  /** What it comes to is counted and logged as always; it changes nothing for the push. */
  #leave(asked: Promise<Outcome>, { id: stanza }: Cause): void {
    const ended = asked.then(
      () => undefined,
      (error: unknown) => this.#options.log.warn('second-way-failed', { stanza, error }),
    );
    this.#left.add(ended);
    void ended.finally(() => this.#left.delete(ended));
  }

  async #ask(provider: Provider, push: Push, device: Device, cause: Cause): Promise<Outcome> {
    const startedAt = performance.now();
    const { identity = '' } = provider;
    const outcome = await provider.push(push, cause.signal);
    // Credentials that were replaced meanwhile are neither proven nor doubted by what was sent with the old ones.
    const proven = provider.identity === identity || identity === '' ? identity : undefined;
    const passage = { cause, device, push: push.id, ...(isUntried(outcome) ? {} : { seconds: (performance.now() - startedAt) / 1000 }) };
    const judged = { device, cause, identity: proven };
    const remembering = outcome.kind === 'accepted' ? this.#accept(outcome, judged) : undefined;
    if (remembering !== undefined) await remembering;
    if (outcome.kind !== 'gone') return this.#end(passage, outcome);
    const verdict = await this.#bury(outcome, judged).catch((error: unknown) => {
      this.#end(passage, { kind: 'retry', reason: 'the token is dead, and the database could not be told' });
      throw error;
    });
    return this.#end(passage, verdict);
  }

  /** What a token called dead means for the device. */
  #bury({ since }: Gone, { device, cause, identity }: Judged): Promise<Outcome> {
    this.#options.measurements?.tokenDead(device.provider);
    return this.#deadTokens.refused({ device, since, identity, stanza: cause.id });
  }

  /** A promise only where there is something to wait for. */
  #accept({ remember }: Accepted, { device, cause, identity }: Judged): Promise<void> | undefined {
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
    const { measurements, log } = this.#options;
    measurements?.pushed(device.provider, outcome.kind, seconds);
    const reason = 'reason' in outcome ? outcome.reason : undefined;
    const fields = { stanza: cause.id, provider: device.provider, owner: device.owner, push, outcome: outcome.kind, reason, way };
    if (isFailure(outcome)) this.#failures.tell(device.provider, outcome, fields);
    else log[outcome.kind === 'gone' ? 'info' : 'debug']('push', fields);
    return outcome;
  }
}

function buildPush({ id, device, notification, expiresAt }: Sendable, showsId: boolean): Push {
  const { owner: account, token, secondToken, registeredAt, note: remembered, dialect } = device;
  const common = { id, account, token, secondToken, registeredAt, remembered, expiresAt: toMachineTime(expiresAt), notification };
  const push: Push = showsId ? { ...common, showsId } : common;
  return dialect === undefined ? push : { ...push, dialect: { name: dialect.name, keys: dialect.keys } };
}

/** That a provider's share is used up or its breaker open is told once for many pushes, where it begins. */
function isFailure(outcome: Outcome): outcome is Failure {
  return (outcome.kind === 'rejected' || outcome.kind === 'retry') && !isUntried(outcome);
}
