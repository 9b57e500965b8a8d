import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../base/random.ts';
import { Book, type Answer, type Kind } from './book.ts';
import type { Device, ServiceName } from './device.ts';
import type { Population } from './population.ts';
import type { Stage } from './stage/stage.ts';
import { buildPublish, readAnswer, readMarker } from './stage/stanzas.ts';

const tickMs = 10;
const lookMs = 20;
/** Of a hundred publishes; the rest are messages. */
const calls = 5;
const updates = 15;

/** Sums since the beginning. */
export interface Totals {
  published: number;
  /** Publishes for which no component was attached. */
  homeless: number;
  readonly answers: Record<Answer, number>;
  readonly accepted: Record<ServiceName, number>;
}

/** What the scripted XMPP server publishes and hears, and what the services accept; all of it goes into the book. */
export class Traffic {
  readonly book = new Book();
  readonly totals: Totals = {
    published: 0,
    homeless: 0,
    answers: { none: 0, result: 0, wait: 0, 'item-not-found': 0, other: 0, 'link-lost': 0 },
    accepted: { apns: 0, fcm: 0 },
  };
  /** Hears of each acceptance. */
  onAccepted: (service: ServiceName) => void = () => undefined;
  #random: Random | undefined;
  #population: Population | undefined;
  #stage: Stage | undefined;
  /** Sent and not answered, over the connection that is up. */
  readonly #open = new Set<number>();

  /** To be called once, before the first publish. */
  join(stage: Stage, population: Population, random: Random): void {
    this.#stage = stage;
    this.#population = population;
    this.#random = random;
    stage.server.onAnswer = (id, xml) => this.#answered(id, xml);
    stage.server.onLost = () => {
      for (const id of [...this.#open]) this.#end(id, 'link-lost');
    };
  }

  accepted(service: ServiceName, sender: unknown): void {
    const id = readMarker(sender);
    if (id === undefined) return;
    this.book.accepted(id);
    this.totals.accepted[service] += 1;
    this.onAccepted(service);
  }

  /** At a steady rate until the signal aborts. */
  async publishSteadily(perSecond: number, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    let sent = 0;
    while (!signal.aborted) {
      for (const due = Math.floor(((performance.now() - startedAt) * perSecond) / 1000); sent < due; sent += 1) {
        const device = this.#population?.pick();
        if (device !== undefined) this.publish(device, this.#drawKind());
      }
      await sleep(tickMs);
    }
  }

  publish(device: Device, kind: Kind): void {
    const link = this.#stage?.server.link;
    if (link === undefined) {
      this.totals.homeless += 1;
      return;
    }
    const id = this.book.published(device.index, kind, performance.now());
    this.totals.published += 1;
    this.#open.add(id);
    link.write(buildPublish(id, kind, device.node));
  }

  /** Settles when every publish has ended; after the limit what has not stays so in the book. */
  async answered(limitMs: number): Promise<void> {
    const limit = performance.now() + limitMs;
    while (this.book.open > 0 && performance.now() < limit) await sleep(lookMs);
  }

  #answered(stanza: string, xml: string): void {
    if (!stanza.startsWith('publish-')) return;
    const id = Number(stanza.slice('publish-'.length));
    const answer = readAnswer(xml);
    this.#end(id, answer);
    const device = answer === 'item-not-found' ? this.#population?.devices[this.book.find(id)?.device ?? -1] : undefined;
    if (device !== undefined) this.#population?.forget(device);
  }

  #end(id: number, answer: Answer): void {
    this.#open.delete(id);
    if (this.book.answered(id, answer, performance.now())) this.totals.answers[answer] += 1;
  }

  #drawKind(): Kind {
    const drawn = this.#random?.below(100) ?? 0;
    if (drawn < calls) return 'call';
    return drawn < calls + updates ? 'update' : 'message';
  }
}
