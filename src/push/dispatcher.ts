import { randomUUID } from 'node:crypto';
import type { Log } from '../log.ts';
import type { Device } from '../registry/device.ts';
import type { Registry } from '../registry/registry.ts';
import type { Alarm } from './alarm.ts';
import { DeadTokens } from './dead-tokens.ts';
import type { Notification } from './notification.ts';
import { busy } from './provider-guard.ts';
import type { Outcome, Provider, Push } from './provider.ts';
import { expiryOf, type TimesToLive } from './time-to-live.ts';

export interface DispatcherOptions extends TimesToLive {
  /** Behind their guards: a push never rejects and settles soon after its signal aborts. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly registry: Registry;
  readonly log: Log;
  /** Told when a mass of dead tokens is doubted. */
  readonly alarm: Alarm;
  readonly clock?: () => number;
}

const longestNote = 256;

type Accepted = Extract<Outcome, { kind: 'accepted' }>;

/** The stanza that caused a push. */
export interface Cause {
  readonly id: string;
  readonly signal: AbortSignal;
}

/** The decision: a device and what was published become a push, the provider's outcome comes back. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #deadTokens: DeadTokens;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#deadTokens = new DeadTokens(options);
  }

  /** Settles with the provider's outcome; a token called dead is forgotten first, unless that is doubtful. Rejects only with DatabaseUnavailable. */
  async deliver(device: Device, notification: Notification, cause: Cause): Promise<Outcome> {
    const { providers } = this.#options;
    const provider = providers.get(device.provider);
    if (provider === undefined) return this.#note(cause, device, { kind: 'rejected', reason: 'this provider is no longer configured' });
    const push = this.#buildPush(device, notification, new Date());
    const outcome = await provider.push(push, cause.signal);
    if (outcome.kind === 'accepted') return this.#accept(outcome, device, cause);
    return this.#note(cause, device, outcome.kind === 'gone' ? await this.#deadTokens.refused(device, outcome.since) : outcome, push.id);
  }

  async #accept(outcome: Accepted, device: Device, cause: Cause): Promise<Outcome> {
    this.#deadTokens.accepted(device.provider);
    this.#options.registry.touch(device);
    if (outcome.remember !== undefined && outcome.remember !== device.note) await this.#remember(device, outcome.remember);
    this.#options.log.debug('push', { stanza: cause.id, provider: device.provider, outcome: outcome.kind });
    return outcome;
  }

  /** The push is accepted whether or not this succeeds; a note that is lost is found out anew. */
  async #remember({ provider, node }: Device, note: string): Promise<void> {
    const { registry, log } = this.#options;
    if (note.length > longestNote || note.includes('\0')) log.error('note-refused', { provider, characters: note.length });
    else await registry.note(node, note).catch((error: unknown) => log.warn('note-not-written', { provider, error }));
  }

  #buildPush(device: Device, notification: Notification, now: Date): Push {
    return {
      id: randomUUID(),
      account: device.owner,
      token: device.token,
      secondToken: device.secondToken,
      registeredAt: device.registeredAt,
      remembered: device.note,
      expiresAt: expiryOf(notification, this.#options, now),
      notification,
    };
  }

  #note(cause: Cause, device: Device, outcome: Outcome, push?: string): Outcome {
    const reason = 'reason' in outcome ? outcome.reason : undefined;
    this.#options.log[levelOf(outcome)]('push', {
      stanza: cause.id,
      provider: device.provider,
      push,
      outcome: outcome.kind,
      reason,
    });
    return outcome;
  }
}

/** A provider whose share is used up says so itself, once for many pushes. */
function levelOf(outcome: Outcome): 'debug' | 'info' | 'warn' {
  if (outcome === busy) return 'debug';
  return outcome.kind === 'gone' ? 'info' : 'warn';
}
