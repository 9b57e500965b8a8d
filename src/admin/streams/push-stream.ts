import { LRUCache } from 'lru-cache';
import type { ServerResponse } from 'node:http';
import { scrubText } from '../../log/text.ts';
import type { Pseudonyms } from '../../log/pseudonyms.ts';
import type { FeedEvent, PushFeed } from '../../push/feed/push-feed.ts';
import type { Audience } from './audience.ts';
import { buildEvent, type Viewer } from './viewer.ts';

/** What a follower wants to see; all conditions hold together. */
export interface PushFilter {
  readonly provider?: string | undefined;
  readonly outcome?: string | undefined;
  /** Bare JID in lower case, or a pseudonym as the log shows it. */
  readonly owner?: string | undefined;
}

/** Events handed on to one follower a second at most: beyond them they are counted, so that no flood of pushes is slowed by who looks on. */
const mostPerSecond = 500;
/** Pushes whose steps wait for their outcome, where only some outcomes are wanted. */
const mostPending = 1_000;
const flushMs = 100;
/** Pseudonyms remembered: each is a hash, and every step of a push needs two. */
const mostNames = 2_000;

/** Shows a follower what becomes of pushes, people and nodes by their pseudonyms, until he leaves. */
export function streamPushes(
  feed: PushFeed,
  audience: Audience,
  response: ServerResponse,
  filter: PushFilter,
  pseudonyms: Pseudonyms,
): void {
  const stream = new PushStream(audience.admit(response), filter, pseudonyms);
  const unfollow = feed.follow((event) => stream.take(event));
  void stream.closed.then(unfollow);
}

class PushStream {
  readonly closed: Promise<undefined>;
  readonly #viewer: Viewer;
  readonly #filter: PushFilter;
  readonly #pseudonyms: Pseudonyms;
  readonly #names = new LRUCache<string, string>({ max: mostNames });
  readonly #pending = new Map<string, string[]>();
  #texts: string[] = [];
  #dropped = 0;
  #second = 0;
  #inSecond = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(viewer: Viewer, filter: PushFilter, pseudonyms: Pseudonyms) {
    this.#viewer = viewer;
    this.#filter = filter;
    this.#pseudonyms = pseudonyms;
    this.closed = viewer.closed;
    void viewer.closed.then(() => clearTimeout(this.#timer));
  }

  take(event: FeedEvent): void {
    if (!this.#isWanted(event)) return;
    if (this.#isTooMuch()) this.#dropped += 1;
    else this.#place(event);
    this.#timer ??= setTimeout(() => this.#flush(), flushMs).unref();
  }

  #isWanted({ device }: FeedEvent): boolean {
    const { provider, owner } = this.#filter;
    if (provider !== undefined && device.provider !== provider) return false;
    if (owner === undefined) return true;
    return device.owner !== undefined && (device.owner === owner || this.#nameOf(device.owner) === owner);
  }

  #isTooMuch(): boolean {
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.#second) this.#inSecond = 0;
    this.#second = second;
    this.#inSecond += 1;
    return this.#inSecond > mostPerSecond || this.#viewer.isBehind;
  }

  /** Where one outcome is wanted, what led to it waits until it is there. */
  #place(event: FeedEvent): void {
    const text = buildEvent('push', this.#describe(event));
    const { outcome } = this.#filter;
    if (outcome === undefined) this.#texts.push(text);
    else if (event.step !== 'outcome') this.#keep(event.id, text);
    else {
      if (event.outcome === outcome) this.#texts.push(...(this.#pending.get(event.id) ?? []), text);
      this.#pending.delete(event.id);
    }
  }

  #keep(id: string, text: string): void {
    const oldest = this.#pending.keys().next();
    if (this.#pending.size >= mostPending && oldest.done !== true) this.#pending.delete(oldest.value);
    this.#pending.set(id, [...(this.#pending.get(id) ?? []), text]);
  }

  #describe(event: FeedEvent): object {
    const { id, device, ...rest } = event;
    return {
      id,
      at: new Date().toISOString(),
      provider: device.provider,
      owner: device.owner === undefined ? undefined : this.#nameOf(device.owner),
      device: this.#pseudonyms.node(device.node),
      ...rest,
      ...('reason' in rest && rest.reason !== undefined ? { reason: scrubText(rest.reason, this.#pseudonyms) } : {}),
      ...('ms' in rest && rest.ms !== undefined ? { ms: Math.round(rest.ms * 10) / 10 } : {}),
    };
  }

  #nameOf(owner: string): string {
    const known = this.#names.get(owner);
    if (known !== undefined) return known;
    const name = this.#pseudonyms.jid(owner);
    this.#names.set(owner, name);
    return name;
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#dropped > 0) this.#texts.push(buildEvent('dropped', { count: this.#dropped }));
    this.#dropped = 0;
    const texts = this.#texts;
    this.#texts = [];
    if (texts.length > 0) this.#viewer.send(texts.join(''), performance.now());
  }
}
