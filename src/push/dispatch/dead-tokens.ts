import type { Log } from '../../log/log.ts';
import type { Device } from '../../registry/devices/device.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Alarm } from '../alarm.ts';
import { DeadTokenBreaker, type BreakerLimits } from './dead-token-breaker.ts';
import { Proofs } from '../credentials/proofs.ts';
import type { Outcome } from '../provider/provider.ts';

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

/** What a push service said of a token. */
export interface Refusal {
  readonly device: Device;
  readonly since: Date | undefined;
  /** Of the credentials that it was told with; undefined where they were replaced meanwhile. */
  readonly identity: string | undefined;
  /** Id of what caused the push. */
  readonly stanza?: string | undefined;
}

interface Breakers {
  readonly undated: DeadTokenBreaker;
  readonly dated: DeadTokenBreaker;
}

/** Decides what a token that its push service calls dead costs: the registration, or nothing where that is doubtful. */
export class DeadTokens {
  readonly #options: DeadTokensOptions;
  readonly #breakers = new Map<string, Breakers>();
  readonly #proofs: Proofs;
  /** The credentials that were refused without proof, and the device last refused. */
  readonly #doubted = new Map<string, { readonly identity: string; readonly token: string }>();

  constructor(options: DeadTokensOptions) {
    this.#options = options;
    this.#proofs = new Proofs(options);
  }

  /** A push to this device was accepted, with credentials of this identity. */
  accepted(device: Device, identity: string | undefined): void {
    const { undated, dated } = this.#of(device);
    undated.accepted();
    dated.accepted();
    if (identity === undefined) return;
    this.#proofs.accepted(device, identity);
    this.#trust(device, identity);
  }

  /** Why undated refusals cost nothing at the moment, by provider. */
  get doubts(): ReadonlyMap<string, string> {
    return new Map([...this.#doubted].map(([provider]) => [provider, doubtText]));
  }

  /**
   * The token of this device is called dead, `since` as told by the service. Settles with `gone` where the registration is
   * removed, with `retry` where it lives on. Rejects with DatabaseUnavailable.
   */
  async refused({ device, since, identity, stanza }: Refusal): Promise<Outcome> {
    const { provider, token, registeredAt } = device;
    if (since !== undefined && registeredAt > since) return registeredAgain;
    if (since === undefined && !(await this.#isProven(device, identity))) return unproven;
    const isBelieved = this.#of(device)[since === undefined ? 'undated' : 'dated'].refused(culpritOf(device));
    if (!isBelieved) return { kind: 'retry', reason: 'too many tokens are called dead at once to believe it', afterMs: openRetryMs };
    if (device.isStateless === true) {
      this.#options.log.info('token-dead', { stanza, provider, removed: 0 });
      return buildGone(since);
    }
    // Compare and set, on one clock: what was refused is the registration we know of, not one made while the push was away.
    const removed = await this.#options.registry.forget(provider, token, since ?? registeredAt);
    this.#options.log.info('token-dead', { stanza, provider, removed: removed.length });
    const isGone = removed.some(({ node }) => node === device.node) || !(await this.#isRegistered(device));
    return isGone ? buildGone(since) : registeredAgain;
  }

  /** Without a date a refusal counts only with credentials that have brought pushes to others. */
  async #isProven(device: Device, identity: string | undefined): Promise<boolean> {
    if (identity === undefined) return false;
    if (await this.#proofs.isProven(device, identity)) return true;
    const { provider, token } = device;
    const { log, alarm } = this.#options;
    const known = this.#doubted.get(provider);
    this.#doubted.set(provider, { identity, token });
    if (known?.identity === identity) return false;
    log.error('credentials-unproven', { provider });
    alarm(unprovenText(provider));
    return false;
  }

  /** Pushes arrive, and not only at the one device that was refused: the credentials are good. */
  #trust({ provider, token }: Device, identity: string): void {
    const doubt = this.#doubted.get(provider);
    if (doubt === undefined || (doubt.identity === identity && doubt.token === token)) return;
    this.#doubted.delete(provider);
    this.#options.log.info('credentials-proven', { provider });
  }

  /**
   * Asked where nothing was removed: another push may have been quicker, or the device registered again meanwhile. The
   * database is asked, and not the cache, which hears of a removal a moment after it.
   */
  async #isRegistered({ node }: Device): Promise<boolean> {
    return (await this.#options.registry.count({ ownNode: node })).size > 0;
  }

  /** Tokens that nobody registered have their own: anybody may name some that never were, and open theirs, not that of the others. */
  #of({ provider, isStateless }: Device): Breakers {
    const key = isStateless === true ? `${provider}\nstateless` : provider;
    const known = this.#breakers.get(key);
    if (known !== undefined) return known;
    const { clock = () => performance.now() } = this.#options;
    const create = (limits: BreakerLimits) => new DeadTokenBreaker(limits, clock, (isOpen) => this.#turned(provider, isOpen));
    const breakers = { undated: create(undatedLimits), dated: create(datedLimits) };
    this.#breakers.set(key, breakers);
    return breakers;
  }

  #turned(provider: string, isOpen: boolean): void {
    const { log, alarm } = this.#options;
    if (isOpen) log.error('dead-tokens-doubted', { provider });
    else log.info('dead-tokens-believed', { provider });
    alarm(isOpen ? openText(provider) : closedText(provider));
  }
}

/** Whose doing a dead token is: its owner's; where nobody owns it all come from the same few servers, and each token counts. */
function culpritOf({ owner, token, isStateless }: Device): string {
  return isStateless === true ? token : owner;
}

function buildGone(since: Date | undefined): Outcome {
  return { kind: 'gone', ...(since === undefined ? {} : { since }) };
}

const registeredAgain: Outcome = { kind: 'retry', reason: 'registered again since the token was called dead' };

const unproven: Outcome = {
  kind: 'retry',
  reason: 'the token is called dead, but these credentials have not brought a push to any other device yet',
  afterMs: openRetryMs,
};
const doubtText =
  'the push service refuses device tokens, and no push to another device was accepted with these credentials so far: environment, topic, team or project may be wrong';

function unprovenText(provider: string): string {
  return (
    `the push service calls a device token of provider "${provider}" unknown, and with its present credentials no push to any other device was ` +
    `accepted yet. Most likely they do not belong to the app: please check environment (production or sandbox), apns-topic and team, or the ` +
    `Google project, in the provider's table in the configuration. No registration is removed for it until a push to another device is accepted; ` +
    `meanwhile servers are told to try later.`
  );
}

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
