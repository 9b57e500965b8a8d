import { setTimeout as wait } from 'node:timers/promises';
import type { Peer } from '../throughput/load/peer.ts';
import { buildStanza, idMark, publishParts, registerParts } from '../throughput/load/stanzas.ts';
import { domain, type ProviderId } from './reveille.ts';

/** Publishes a second, for each provider that gets any. */
export type Rates = Partial<Readonly<Record<ProviderId, number>>>;

export interface Answer {
  readonly provider: ProviderId;
  readonly isError: boolean;
  readonly ms: number;
}

const slots = 10_000;
const againMs = 500;
const tickMs = 2;
const answerLimitMs = 5_000;

/** An XMPP server's publishes at even rates, whether or not those before are answered, and how long each answer took. */
export class Publisher {
  answers: Answer[] = [];
  readonly #peer: Peer;
  readonly #nodes = new Map<ProviderId, string>();
  readonly #sent = new Map<number, { readonly provider: ProviderId; readonly at: number }>();
  #text = '';
  #number = 0;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Registers one device with the provider. */
  async register(provider: ProviderId): Promise<void> {
    let text = '';
    this.#peer.onText = (piece) => (text += piece);
    this.#peer.write(buildStanza(registerParts(domain, `user-${provider}`, provider), 0, 0));
    const node = () => /<field[^>]*\svar="node"[^>]*><value>([^<]+)<\/value>/.exec(text)?.[1];
    const limit = performance.now() + answerLimitMs;
    while (node() === undefined) {
      if (performance.now() > limit) throw new Error(`${provider}: not registered: ${text}`);
      // Attached, and its database is not there yet: it says so, and is asked again.
      if (text.includes('</iq>') && node() === undefined) {
        text = '';
        await wait(againMs);
        this.#peer.write(buildStanza(registerParts(domain, `user-${provider}`, provider), 0, 0));
      }
      await wait(tickMs);
    }
    this.#nodes.set(provider, node() ?? '');
    this.#peer.onText = (piece) => this.#take(piece);
  }

  /** Publishes for that long; settles with the answers once all are there, or rejects. */
  async publish(rates: Rates, ms: number): Promise<readonly Answer[]> {
    this.answers = [];
    const startedAt = performance.now();
    const sent = new Map<ProviderId, number>();
    for (let at = 0; at < ms; at = performance.now() - startedAt) {
      for (const [provider, rate] of Object.entries(rates) as [ProviderId, number][]) {
        const due = Math.floor((at * rate) / 1000);
        for (let count = sent.get(provider) ?? 0; count < due; count += 1) this.#send(provider);
        sent.set(provider, due);
      }
      await wait(tickMs);
    }
    const limit = performance.now() + answerLimitMs;
    while (this.#sent.size > 0) {
      if (performance.now() > limit) throw new Error(`${this.#sent.size} publishes were never answered`);
      await wait(tickMs);
    }
    return this.answers;
  }

  #send(provider: ProviderId): void {
    const slot = (this.#number += 1) % slots;
    if (this.#sent.has(slot)) throw new Error('too many publishes without an answer');
    this.#sent.set(slot, { provider, at: performance.now() });
    this.#peer.write(buildStanza(publishParts(domain, this.#nodes.get(provider) ?? ''), slot, this.#number));
  }

  #take(piece: string): void {
    const now = performance.now();
    this.#text += piece;
    let end = 0;
    for (const match of this.#text.matchAll(new RegExp(`<iq type="(result|error)" id="${idMark}(\\d{4})\\d{8}"[^>]*>`, 'g'))) {
      end = match.index + match[0].length;
      const slot = Number(match[2]);
      const sent = this.#sent.get(slot);
      this.#sent.delete(slot);
      if (sent !== undefined) this.answers.push({ provider: sent.provider, isError: match[1] === 'error', ms: now - sent.at });
    }
    this.#text = this.#text.slice(end);
  }
}
