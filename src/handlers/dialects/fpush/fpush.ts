// Room: fpush's dialect (Monal and others): nobody registers, the node is the token, a publish-option names the module. In: a publish to a
// node that nobody registered. Out: what it came to. May enter: app.
import { randomUUID } from 'node:crypto';
import { steadyNow } from '../../../base/clock.ts';
import { ownText } from '../../../base/own-text.ts';
import type { Cause, Dispatcher, Sendable } from '../../../push/dispatch/dispatcher.ts';
import { emptyNotification, type Notification } from '../../../push/provider/notification.ts';
import type { Outcome } from '../../../push/provider/provider.ts';
import { endOf, type PublishEnd } from '../../publish/answers.ts';
import type { Stateless, StatelessPublish } from '../../publish/stateless.ts';
import { DeadTokens } from '../stateless/dead-tokens.ts';
import type { StatelessMeasurements, StatelessEnd } from '../stateless/measurements.ts';
import { buildTargets, type Target, type Targets, type TargetOptions } from './targets.ts';
import { Windows } from './windows.ts';

export interface FpushOptions extends TargetOptions {
  readonly dispatcher: Dispatcher;
  /** At most one push per token in this time; 0: as many as come. */
  readonly ratelimitMs: number;
  /** How long a push is worth delivering. */
  readonly ttlMs: number;
  readonly measurements?: StatelessMeasurements | undefined;
}

/** What is remembered of tokens right now. */
export interface StatelessStatus {
  readonly waiting: number;
  readonly windows: number;
  readonly deadTokens: number;
}

const dialect = 'fpush';
/** Of what was published nothing leaves: not even a provider that knows no dialects could send what it does not get. */
const something: Notification = { ...emptyNotification, priority: 'high' };
const longAgo = new Date(0);

/** Pushes to tokens of which nothing is stored. Whoever created it drains it. */
export class Fpush implements Stateless {
  readonly #options: FpushOptions;
  readonly #targets: Targets;
  readonly #dead = new DeadTokens();
  readonly #windows: Windows;

  constructor(options: FpushOptions) {
    this.#options = options;
    this.#targets = buildTargets(options);
    this.#windows = new Windows({ intervalMs: options.ratelimitMs, send: (key, push, signal) => this.#sendLate(key, push, signal) });
  }

  get status(): StatelessStatus {
    return { waiting: this.#windows.waiting, windows: this.#windows.size, deadTokens: this.#dead.size };
  }

  async publish(publish: StatelessPublish, cause: Cause): Promise<PublishEnd> {
    const target = this.#targets.find(publish);
    if (target === undefined) {
      if (publish.module !== undefined) this.#count('refused');
      return 'unknown';
    }
    if (this.#dead.has(target.key)) return this.#end('dead', 'unknown');
    const push = this.#buildPush(target, publish.from.bare);
    const turn = this.#windows.enter(target.key, push);
    if (turn !== 'now') return this.#end(turn === 'waits' ? 'throttled' : 'replaced', 'throttled');
    const outcome = await this.#send(target.key, push, cause).catch((error: unknown) => {
      this.#count('temporary');
      throw error;
    });
    if (outcome.kind === 'accepted') return this.#end('accepted', 'accepted');
    return this.#end(outcome.kind === 'gone' ? 'dead' : 'temporary', endOf(outcome));
  }

  /** Whoever names a module and shows no secret speaks this dialect and no other. */
  isCertain(publish: StatelessPublish): boolean {
    return publish.module !== undefined && publish.secret === undefined && this.#targets.find(publish) !== undefined;
  }

  /** What waits goes out now, nothing waits any more; settles when it has, with the number that could not within `graceMs`. */
  drain(graceMs: number): Promise<number> {
    return this.#windows.drain(graceMs);
  }

  async #send(key: string, push: Sendable, cause: Cause): Promise<Outcome> {
    let outcome: Outcome | undefined;
    try {
      outcome = await this.#options.dispatcher.send(push, cause);
    } finally {
      // One that did not arrive takes nobody's turn.
      if (outcome?.kind !== 'accepted') this.#windows.leave(key);
    }
    if (outcome.kind === 'gone') this.#bury(key);
    return outcome;
  }

  /** True where it is over: delivered, or the token is dead. */
  async #sendLate(key: string, push: Sendable, signal: AbortSignal): Promise<boolean> {
    const outcome = await this.#options.dispatcher.send(push, { id: undefined, signal });
    if (outcome.kind === 'gone') this.#bury(key);
    return outcome.kind === 'accepted' || outcome.kind === 'gone';
  }

  #bury(key: string): void {
    this.#dead.add(key);
    this.#windows.drop(key);
  }

  #buildPush({ provider, token: told }: Target, from: string): Sendable {
    const token = ownText(told);
    const device = {
      node: token,
      owner: ownText(from),
      provider,
      token,
      secondToken: undefined,
      secret: undefined,
      note: undefined,
      registeredAt: longAgo,
      dialect: { name: dialect, handle: dialect, keys: {} },
      isStateless: true,
    } as const;
    return { id: randomUUID(), device, notification: something, expiresAt: new Date(steadyNow() + this.#options.ttlMs) };
  }

  #end(end: StatelessEnd, answer: PublishEnd): PublishEnd {
    this.#count(end);
    return answer;
  }

  #count(end: StatelessEnd): void {
    this.#options.measurements?.stateless(dialect, end);
  }
}
