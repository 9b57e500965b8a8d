import type { Log } from '../log.ts';
import type { Device } from '../registry/device.ts';
import type { Registry } from '../registry/registry.ts';
import type { Alarm } from './alarm.ts';
import { DeadTokenBreaker, type BreakerLimits } from './dead-token-breaker.ts';
import type { Outcome } from './provider.ts';

export interface DeadTokensOptions {
  readonly registry: Registry;
  readonly log: Log;
  readonly alarm: Alarm;
  readonly clock?: () => number;
}

const hourMs = 3_600_000;
/** Without a date a refusal may as well mean: wrong service, wrong app, wrong key. */
const undatedLimits: BreakerLimits = { outcomes: 40, windowMs: hourMs, dead: 20, longestOpenMs: Infinity };
/** A date says that the service knew the token: that many are rare (an old backup restored), but in the end it is right. */
const datedLimits: BreakerLimits = { outcomes: 400, windowMs: hourMs, dead: 200, longestOpenMs: hourMs / 4 };
const openRetryMs = 60_000;

interface Breakers {
  readonly undated: DeadTokenBreaker;
  readonly dated: DeadTokenBreaker;
}

/** Decides what a token that its push service calls dead costs: the registration, or nothing where that is doubtful. */
export class DeadTokens {
  readonly #options: DeadTokensOptions;
  readonly #breakers = new Map<string, Breakers>();

  constructor(options: DeadTokensOptions) {
    this.#options = options;
  }

  /** A push through this provider was accepted. */
  accepted(provider: string): void {
    const { undated, dated } = this.#of(provider);
    undated.accepted();
    dated.accepted();
  }

  /**
   * The token of this device is called dead, `since` as told by the service. Settles with `gone` where the registration is
   * removed, with `retry` where it lives on. Rejects with DatabaseUnavailable. `stanza` is the id of what caused the push.
   */
  async refused(device: Device, since: Date | undefined, stanza?: string): Promise<Outcome> {
    const { owner, provider, token, registeredAt } = device;
    if (since !== undefined && registeredAt > since) return registeredAgain;
    const isBelieved = this.#of(provider)[since === undefined ? 'undated' : 'dated'].refused(owner);
    if (!isBelieved) return { kind: 'retry', reason: 'too many tokens are called dead at once to believe it', afterMs: openRetryMs };
    // Compare and set, on one clock: what was refused is the registration we know of, not one made while the push was away.
    const removed = await this.#options.registry.forget(provider, token, since ?? registeredAt);
    this.#options.log.info('token-dead', { stanza, provider, removed: removed.length });
    const isGone = removed.some(({ node }) => node === device.node) || !(await this.#isRegistered(device));
    return isGone ? { kind: 'gone', ...(since === undefined ? {} : { since }) } : registeredAgain;
  }

  /**
   * Asked where nothing was removed: another push may have been quicker, or the device registered again meanwhile. The
   * database is asked, and not the cache, which hears of a removal a moment after it.
   */
  async #isRegistered({ node }: Device): Promise<boolean> {
    return (await this.#options.registry.count({ node })).size > 0;
  }

  #of(provider: string): Breakers {
    const known = this.#breakers.get(provider);
    if (known !== undefined) return known;
    const { clock = () => performance.now() } = this.#options;
    const create = (limits: BreakerLimits) => new DeadTokenBreaker(limits, clock, (isOpen) => this.#turned(provider, isOpen));
    const breakers = { undated: create(undatedLimits), dated: create(datedLimits) };
    this.#breakers.set(provider, breakers);
    return breakers;
  }

  #turned(provider: string, isOpen: boolean): void {
    const { log, alarm } = this.#options;
    if (isOpen) log.error('dead-tokens-doubted', { provider });
    else log.info('dead-tokens-believed', { provider });
    alarm(isOpen ? openText(provider) : closedText(provider));
  }
}

const registeredAgain: Outcome = { kind: 'retry', reason: 'registered again since the token was called dead' };

function openText(provider: string): string {
  return (
    `the push service suddenly calls most device tokens of provider "${provider}" dead. More likely the provider's credentials, ` +
    `topic or environment are wrong (or an old backup was restored). No registration is removed for it until pushes are accepted again; ` +
    `meanwhile servers are told to try later. Please check the provider's table in the configuration.`
  );
}

function closedText(provider: string): string {
  return `the mass of dead device tokens of provider "${provider}" has ended. Registrations are removed again where a token is called dead.`;
}
