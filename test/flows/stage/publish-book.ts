import { setTimeout as pause } from 'node:timers/promises';
import { countDoubles, judge, violations, type Fate } from '../../../bench/chaos/report/judge.ts';
import { type Answer, Ledger } from '../../../bench/chaos/report/ledger.ts';
import type { SandboxAnswer } from '../../../src/sandbox/apns/desk.ts';
import { childElements, type Element } from '../../../src/xmpp/stanza/xml.ts';
import { publishedNode, publishedText } from '../../servers/publishes.ts';
import type { Onlooker, Seen } from '../../servers/tap.ts';

interface Asked {
  readonly id: number;
  readonly connection: number;
}

/** ejabberd, the least patient of all, stops waiting after 32 s. */
const deadlineMs = 32_000;
const lookMs = 50;

/**
 * The ledger of the chaos suite, kept for a real server: what it published, what it was answered, and what the push service
 * accepted. Messages are told apart by their text, so each text may be sent once only.
 */
export class PublishBook implements Onlooker {
  readonly ledger = new Ledger();
  readonly #unanswered = new Map<string, Asked>();
  readonly #idByText = new Map<string, number>();
  readonly #closed = new Set<number>();

  fromServer({ stanza, connection }: Seen): void {
    const node = publishedNode(stanza);
    const text = publishedText(stanza);
    if (node === undefined || text === undefined) return;
    const id = this.ledger.published(node, connection, performance.now());
    this.#unanswered.set(String(stanza.attrs['id']), { id, connection });
    this.#idByText.set(text, id);
  }

  fromComponent({ stanza }: Seen): void {
    const iq = String(stanza.attrs['id']);
    const asked = this.#unanswered.get(iq);
    if (asked === undefined || stanza.name !== 'iq') return;
    this.#unanswered.delete(iq);
    this.ledger.ended(asked.id, readAnswer(stanza), performance.now());
  }

  closed(connection: number): void {
    this.#closed.add(connection);
  }

  /** For the push service. */
  pushed({ status, payload }: SandboxAnswer): void {
    const id = this.#idByText.get(String(payload?.['body']));
    if (status === 200 && id !== undefined) this.ledger.pushed(id);
  }

  wasPublished(text: string): boolean {
    return this.#idByText.has(text);
  }

  wasAccepted(text: string): boolean {
    const id = this.#idByText.get(text);
    return id !== undefined && this.ledger.accepted.has(id);
  }

  /** Settles once each publish is answered, or its connection gone for so long that the answer won't come over another. */
  async close(limitMs = deadlineMs): Promise<void> {
    const limit = performance.now() + limitMs;
    while (this.#open().length > 0 && performance.now() < limit) await pause(lookMs);
    for (const { id, connection } of this.#unanswered.values()) {
      if (this.#closed.has(connection)) this.ledger.ended(id, { kind: 'link-lost' }, performance.now());
    }
  }

  /** How many publishes, from the `since`-th on, met which fate; to be asked after `close`, when nothing waits any more. */
  judge(since = 0): Readonly<Partial<Record<Fate, number>>> {
    const each = judge(this.ledger, { waiting: new Set(), deadlineMs }).slice(since);
    return Object.fromEntries([...Map.groupBy(each, (fate) => fate)].map(([fate, { length }]) => [fate, length]));
  }

  /** The same for those fates only that must never be. */
  judgeBroken(since = 0): Readonly<Partial<Record<Fate, number>>> {
    return Object.fromEntries(Object.entries(this.judge(since)).filter(([fate]) => violations.has(fate as Fate)));
  }

  get doubles(): number {
    return countDoubles(this.ledger).doubles;
  }

  #open(): readonly Asked[] {
    return [...this.#unanswered.values()].filter(({ connection }) => !this.#closed.has(connection));
  }
}

function readAnswer(stanza: Element): Answer {
  const error = stanza.getChild('error');
  if (error === undefined) return { kind: 'result' };
  const condition = childElements(error).find(({ name }) => name !== 'text')?.name ?? 'none';
  return { kind: 'error', type: String(error.attrs['type']), condition };
}
