import { untilIdle, type Load, type Workload } from '../measure.ts';
import { startPace } from '../pace.ts';
import { AnswerScanner } from './answers.ts';
import type { Peer } from './peer.ts';
import { buildStanza, type StanzaParts } from './stanzas.ts';

/** Keeps requests in flight over one connection: each answer makes room for the next request. */
export class Exchanges implements Workload {
  latencies: number[] = [];
  failures = 0;
  ended = 0;
  readonly #peer: Peer;
  readonly #next: () => StanzaParts | undefined;
  readonly #scanner = new AnswerScanner();
  /** When the request of each slot was sent; NaN where none is under way. */
  #sentAt = new Float64Array(0);
  /** Slots whose answers have come, not in use again yet. */
  #free: number[] = [];
  #number = 0;
  #inFlight = 0;
  #isInBursts = false;
  #isStopping = false;
  #endPace: (() => void) | undefined;

  /** `next` yields the stanza to send, or undefined where there are no more. */
  constructor(peer: Peer, next: () => StanzaParts | undefined) {
    this.#peer = peer;
    this.#next = next;
    peer.onText = (text) => this.#take(text);
  }

  start({ inFlight, inBursts, perSecond }: Load): void {
    this.#isInBursts = inBursts;
    this.#sentAt = new Float64Array(inFlight).fill(NaN);
    this.#isStopping = false;
    this.#inFlight = inFlight;
    this.#free = Array.from({ length: inFlight }, (_, slot) => slot);
    if (perSecond === undefined) this.#send(this.#free.splice(0));
    else this.#endPace = startPace(perSecond, (due) => this.#send(this.#free.splice(0, due)));
  }

  stop(): Promise<void> {
    this.#isStopping = true;
    this.#endPace?.();
    this.#endPace = undefined;
    this.#send(this.#free.splice(0));
    return this.finished();
  }

  /** Settles when the last request was answered. */
  finished(limitMs?: number): Promise<void> {
    return untilIdle(() => this.#inFlight, limitMs);
  }

  #take(text: string): void {
    const now = performance.now();
    const { slots, hasErrors } = this.#scanner.scan(text);
    if (hasErrors) this.failures += 1;
    for (const slot of slots) this.#end(slot, now);
    const isWaiting = this.#endPace !== undefined || (this.#isInBursts && this.#free.length < this.#inFlight);
    if (!isWaiting || this.#isStopping) this.#send(this.#free.splice(0));
  }

  #end(slot: number, now: number): void {
    this.ended += 1;
    const tookMs = now - (this.#sentAt[slot] ?? NaN);
    // Answered twice, or never asked.
    if (Number.isNaN(tookMs)) this.failures += 1;
    else {
      this.latencies.push(tookMs);
      this.#sentAt[slot] = NaN;
      this.#free.push(slot);
    }
  }

  /** One write for all: this process must not be what limits. */
  #send(slots: readonly number[]): void {
    let text = '';
    const now = performance.now();
    for (const slot of slots) {
      const parts = this.#isStopping ? undefined : this.#next();
      if (parts === undefined) this.#inFlight -= 1;
      else {
        text += buildStanza(parts, slot, (this.#number += 1));
        this.#sentAt[slot] = now;
      }
    }
    if (text !== '') this.#peer.write(text);
  }
}
