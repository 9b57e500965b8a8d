import { setTimeout as sleep } from 'node:timers/promises';
import { connectLocalPush, type LocalPush } from '../../../src/local-push-client/local-push.ts';
import type { LocalBook } from '../report/local-book.ts';
import type { Ledger } from '../report/ledger.ts';
import { readMarker } from '../world/stanzas.ts';
import { localAnswerWithinMs, type World } from '../world/world.ts';
import { createLineRandom, type LineFault } from './line-plan.ts';
import { Network } from './network.ts';
import { provideWebSocket } from './socket.ts';

/** What a phone needs to connect. */
export interface Identity {
  readonly node: string;
  readonly secret: string;
}

export interface PhoneOptions {
  readonly world: World;
  readonly ledger: Ledger;
  readonly book: LocalBook;
  readonly seed: number;
}

/** How long phones that answer late take: too long. */
const lateMs = localAnswerWithinMs + 2_500;
/** An acknowledgement that comes later than this after its push is none: between the two a busy machine may call it either. */
const inTimeMs = localAnswerWithinMs + 1_000;
const longestWaitMs = 4_000;
const lookMs = 20;
const connectLimitMs = 120_000;

interface Phone {
  readonly line: LocalPush;
  isLate: boolean;
}

/** Phones that keep a local connection with the library that apps have, and show each push once, whichever way it comes. */
export class Phones {
  readonly #phones: Phone[] = [];
  readonly #byNode = new Map<string, Phone>();
  readonly #network: Network;
  readonly #book: LocalBook;
  readonly #abort = new AbortController();

  private constructor(network: Network, { book }: PhoneOptions) {
    this.#network = network;
    this.#book = book;
  }

  /** Settles when all are connected; rejects after two minutes. Whoever opens them closes them. */
  static async open(identities: readonly Identity[], options: PhoneOptions): Promise<Phones> {
    const { world, ledger, book, seed } = options;
    provideWebSocket();
    const randoms = identities.map((_, phone) => createLineRandom(seed, 1 + phone));
    const choose = (phone: number) => {
      const instance = world.instances[randoms[phone]?.below(world.instances.length) ?? 0];
      const address = instance?.httpAddress;
      if (instance === undefined || address === undefined) return undefined;
      return { address, stalledMs: (since: number, now: number) => instance.stalledMs(since, now) };
    };
    const network = await Network.open(choose, {
      offered: (marker) => book.offered(marker),
      acknowledged: (marker, afterMs) => {
        if (afterMs <= inTimeMs) ledger.acknowledged(marker);
        else book.acknowledgedLate(marker);
      },
    });
    const phones = new Phones(network, options);
    try {
      for (const [number, identity] of identities.entries()) phones.#add(number, identity);
      await phones.#connected();
      return phones;
    } catch (error) {
      phones.close();
      throw error;
    }
  }

  /** Its push service brought a push to this node: an app asks whether it has shown it. */
  brought(node: string | undefined, marker: number, id: string | undefined): void {
    const phone = node === undefined ? undefined : this.#byNode.get(node);
    if (phone === undefined) return;
    if (id === undefined) this.#book.withoutId(marker);
    else if (!phone.line.isKnown(id)) this.#book.shown(marker);
  }

  /** Does it, and undoes it when its time is over. */
  async inflict({ kind, phone: number, lastsMs }: LineFault): Promise<void> {
    const phone = this.#phones[number];
    const line = this.#network.line(number);
    if (phone === undefined) throw new Error(`no phone ${number}`);
    switch (kind) {
      case 'drop':
        line?.cut();
        return;
      case 'change of network':
        phone.line.reconnect();
        return;
      case 'half-open':
      case 'unheard':
        if (line !== undefined) line.state = kind;
        await sleep(lastsMs);
        phone.line.reconnect();
        return;
      case 'away':
        this.#network.setAbsent(number, true);
        await sleep(lastsMs);
        this.#network.setAbsent(number, false);
        phone.line.reconnect();
        return;
      case 'late answers':
        phone.isLate = true;
        await sleep(lastsMs);
        phone.isLate = false;
        return;
      default:
        return kind satisfies never;
    }
  }

  get count(): number {
    return this.#phones.length;
  }

  get connections(): number {
    return this.#network.connections;
  }

  /** Why phones will not come back by themselves; each should. */
  get stopped(): readonly string[] {
    return this.#phones.flatMap(({ line: { state } }) => (state.kind === 'stopped' ? state.reason : []));
  }

  close(): void {
    this.#abort.abort();
    for (const { line } of this.#phones) line.close();
    this.#network.close();
  }

  #add(number: number, { node, secret }: Identity): void {
    const line = connectLocalPush({
      url: this.#network.urlOf(number),
      node,
      secret,
      transports: ['websocket'],
      longestWaitMs,
      onPush: async ({ payload }) => {
        this.#book.shown(readMarker(payload));
        if (phone.isLate) await sleep(lateMs, undefined, { signal: this.#abort.signal });
      },
      onError: () => undefined, // waits that `close` cut short
    });
    const phone: Phone = { line, isLate: false };
    this.#phones.push(phone);
    this.#byNode.set(node, phone);
  }

  async #connected(): Promise<void> {
    const limit = performance.now() + connectLimitMs;
    while (this.#phones.some(({ line }) => line.state.kind !== 'connected')) {
      if (performance.now() > limit) throw new Error('not all phones are connected in time');
      await sleep(lookMs);
    }
  }
}
