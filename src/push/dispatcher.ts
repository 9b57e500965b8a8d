import { randomUUID } from 'node:crypto';
import type { Log } from '../log.ts';
import type { Device } from '../registry/device.ts';
import type { Registry } from '../registry/registry.ts';
import type { Notification } from './notification.ts';
import type { Outcome, Provider, Push } from './provider.ts';

export interface DispatcherOptions {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly registry: Registry;
  /** How long a message push is worth delivering. */
  readonly defaultTtlMs: number;
  /** The same for a call. */
  readonly voipTtlMs: number;
  readonly log: Log;
}

/** The stanza that caused a push. */
export interface Cause {
  readonly id: string;
  readonly signal: AbortSignal;
}

/** The decision: a device and what was published become a push, the provider's outcome comes back. */
export class Dispatcher {
  readonly #options: DispatcherOptions;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Settles with the provider's outcome; a token reported dead is forgotten first. Rejects only with DatabaseUnavailable. */
  async deliver(device: Device, notification: Notification, cause: Cause): Promise<Outcome> {
    const { providers, registry, log } = this.#options;
    const provider = providers.get(device.provider);
    if (provider === undefined) return this.#note(cause, device, { kind: 'rejected', reason: 'this provider is no longer configured' });
    const started = new Date();
    const outcome = await this.#push(provider, this.#buildPush(device, notification, started), cause);
    if (outcome.kind === 'accepted') {
      registry.touch(device);
      log.debug('push', { stanza: cause.id, provider: device.provider, outcome: outcome.kind });
      return outcome;
    }
    return this.#note(
      cause,
      device,
      outcome.kind === 'gone' ? await this.#forget(device, outcome.since ?? latest(started, device.registeredAt)) : outcome,
    );
  }

  #buildPush(device: Device, notification: Notification, now: Date): Push {
    const isCall = notification.encrypted?.type === 'voip' || notification.jingle !== undefined || notification.meet !== undefined;
    return {
      id: randomUUID(),
      account: device.owner,
      token: device.token,
      secondToken: device.secondToken,
      registeredAt: device.registeredAt,
      expiresAt: new Date(now.getTime() + (isCall ? this.#options.voipTtlMs : this.#options.defaultTtlMs)),
      notification,
    };
  }

  /** A provider that throws has a bug; that is not the device's fault either. */
  async #push(provider: Provider, push: Push, { id, signal }: Cause): Promise<Outcome> {
    try {
      return await provider.push(push, signal);
    } catch (error) {
      this.#options.log.error('provider-failed', { stanza: id, error });
      return { kind: 'retry', reason: 'the provider failed' };
    }
  }

  /** The token is dead for every account that registered it before `since`; a registration made later is alive. */
  async #forget(device: Device, since: Date): Promise<Outcome> {
    if (device.registeredAt > since) return { kind: 'retry', reason: 'registered again since the token was reported dead' };
    const forgotten = await this.#options.registry.forget(device.provider, device.token, since);
    this.#options.log.info('token-dead', { provider: device.provider, removed: forgotten.length });
    return { kind: 'gone', since };
  }

  #note(cause: Cause, device: Device, outcome: Outcome): Outcome {
    const reason = 'reason' in outcome ? outcome.reason : undefined;
    this.#options.log[outcome.kind === 'gone' ? 'info' : 'warn']('push', {
      stanza: cause.id,
      provider: device.provider,
      outcome: outcome.kind,
      reason,
    });
    return outcome;
  }
}

/** The database's clock stamps registrations, ours the push: a token found dead just now is dead on either. */
function latest(one: Date, other: Date): Date {
  return one > other ? one : other;
}
