// Room: Push 2.0, a draft: nobody registers, a user's server sends what it encrypted for his app, and where to. In: a message with a
// notification. Out: nothing, or an error. May enter: app.
import { steadyNow } from '../../../base/clock.ts';
import { ownText } from '../../../base/own-text.ts';
import type { Cause, Dispatcher, Sendable } from '../../../push/dispatch/dispatcher.ts';
import type { Outcome } from '../../../push/provider/provider.ts';
import { expiryOf, type TimesToLive } from '../../../push/dispatch/time-to-live.ts';
import type { IqRequest, Route } from '../../../xmpp/routing/router.ts';
import { temporaryWithoutDatabase } from '../../database-trouble.ts';
import { ns } from '../../namespaces.ts';
import { DeadTokens } from '../stateless/dead-tokens.ts';
import type { StatelessMeasurements } from '../stateless/measurements.ts';
import { answers, countedAs, endOf, type RelayEnd } from './ends.ts';
import { readRelay, type Relay } from './relay.ts';
import { mayRelay } from './sender.ts';
import { findTarget, type Target, type TargetOptions } from './target.ts';

export interface Push2Options extends TargetOptions, TimesToLive {
  readonly dispatcher: Dispatcher;
  /** Domains whose servers are served, `*` for all. */
  readonly registrants: readonly string[];
  readonly measurements?: StatelessMeasurements | undefined;
}

const dialect = 'push2';
const longAgo = new Date(0);

/** Relays what is sealed to addresses of which nothing is stored. */
export class Push2 {
  /** To be handed to the router. */
  readonly route: Route;
  readonly #options: Push2Options;
  readonly #dead = new DeadTokens();

  constructor(options: Push2Options) {
    this.#options = options;
    this.route = {
      type: 'message',
      xmlns: ns.push2,
      name: 'notification',
      lane: 'publish',
      // Not async: the stanza is read here and let go, what follows waits for a push service.
      handle: (request) => this.#answer(request, readRelay(request)),
    };
  }

  /** What is remembered of addresses right now. */
  get status(): { readonly waiting: number; readonly deadTokens: number } {
    return { waiting: 0, deadTokens: this.#dead.size };
  }

  async #answer({ from, id, signal }: Pick<IqRequest, 'from' | 'id' | 'signal'>, relay: Relay | string): Promise<undefined> {
    const end = await this.#relay(relay, from, { id, signal }).catch((error: unknown) => {
      this.#count({ kind: 'temporary' });
      throw error;
    });
    this.#count(end);
    const refusal = answers[end.kind];
    if (refusal !== undefined) throw refusal('reason' in end ? end.reason : '');
  }

  async #relay(relay: Relay | string, from: IqRequest['from'], cause: Cause): Promise<RelayEnd> {
    if (!mayRelay(from, this.#options.registrants)) return { kind: 'unwelcome' };
    if (typeof relay === 'string') return { kind: 'invalid', reason: relay };
    const target = findTarget(relay.client, this.#options);
    if (typeof target === 'string') return { kind: 'unreachable', reason: target };
    if (this.#dead.has(target.key)) return { kind: 'dead' };
    const outcome = await this.#send(target, relay, { from: from.bare, cause });
    if (outcome.kind === 'gone') this.#dead.add(target.key);
    return endOf(outcome, target);
  }

  /** Rejects with a StanzaError where the database is needed, to judge a dead token, and away. */
  #send(target: Target, relay: Relay, { from, cause }: { readonly from: string; readonly cause: Cause }): Promise<Outcome> {
    return temporaryWithoutDatabase(this.#options.dispatcher.send(this.#buildPush(target, relay, from), cause));
  }

  #buildPush({ provider, token, secondToken, remembered, credentials }: Target, relay: Relay, from: string): Sendable {
    const device = {
      node: token,
      owner: ownText(from),
      provider,
      token,
      secondToken,
      secret: undefined,
      note: remembered,
      registeredAt: longAgo,
      isStateless: true,
    } as const;
    const { id, notification, sealed } = relay;
    const expiresAt = expiryOf(notification, this.#options, new Date(steadyNow()));
    return { id, device, notification, expiresAt, sealed, hasOwnCredentials: credentials === 'theirs' };
  }

  #count({ kind }: Pick<RelayEnd, 'kind'>): void {
    this.#options.measurements?.stateless(dialect, countedAs[kind]);
  }
}
