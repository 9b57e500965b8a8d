import { randomUUID } from 'node:crypto';
import { steadyNow } from '../../src/base/clock.ts';
import { createLog } from '../../src/log/log.ts';
import { emptyNotification } from '../../src/push/provider/notification.ts';
import { createDeferredStore, type OwnedDeferredStore } from '../../src/registry/deferred/create-deferred-store.ts';
import type { Database, Statement } from '../../src/registry/postgres/database.ts';
import type { DeferredPush } from '../../src/registry/deferred/deferred-store.ts';
import { createPostgres } from '../../src/registry/postgres/postgres.ts';
import { secret } from '../endurance/stage/stage.ts';

const devicesPerStatement = 10_000;
const pushesPerStatement = 200;
const fillersAtOnce = 4;
const statementLimitMs = 120_000;
const [minuteMs, hourMs] = [60_000, 3_600_000];
const body = 'x'.repeat(600);
const silent = createLog('silent');

/** Values: first and last number, provider. */
const addDevices: Statement = {
  name: '',
  text: `INSERT INTO devices (node, owner, provider, token, token_key)
    SELECT 'waiting' || lpad(n::text, 25, '0'), 'waiting' || n || '@example.org', $3::text, token, sha256(token::bytea)
    FROM generate_series($1::int, $2::int) AS n, LATERAL encode(sha256(n::text::bytea), 'hex') AS token`,
};
const countLeft: Statement = { name: '', text: `SELECT count(*) AS pushes FROM deferred WHERE node LIKE 'waiting%'` };
/** Of the devices that new pushes go to. */
const readNew: Statement = { name: '', text: `SELECT DISTINCT node FROM deferred WHERE node NOT LIKE 'waiting%' AND expires_at > now()` };

export interface WaitingOptions {
  /** The component's secret. */
  readonly sealedWith?: string;
  /** How long they wait at least; nothing where not given. */
  readonly dueInMs?: number;
}

/** The pushes that wait from the beginning, each for a device of its own; the greater its number, the newer. */
export class WaitingPushes {
  /** How many went out, each counted once. */
  drained = 0;
  doubles = 0;
  readonly #total: number;
  readonly #provider: string;
  readonly #database: Database;
  readonly #store: OwnedDeferredStore;
  readonly #accepted: Uint8Array;
  readonly #dueInMs: number;

  /** Opens nothing yet. Whoever creates it closes it. */
  constructor(databaseUrl: string, provider: string, total: number, { sealedWith = secret, dueInMs = 0 }: WaitingOptions = {}) {
    this.#dueInMs = dueInMs;
    this.#total = total;
    this.#provider = provider;
    this.#database = createPostgres(databaseUrl, silent);
    this.#store = createDeferredStore(this.#database, { secret: sealedWith, deferredPerProvider: 2 * total + 1_000_000 }, silent);
    this.#accepted = new Uint8Array(total);
  }

  async addDevices(): Promise<void> {
    for (let from = 0; from < this.#total; from += devicesPerStatement)
      await this.#limitless(addDevices, [from, Math.min(from + devicesPerStatement, this.#total) - 1, this.#provider]);
  }

  /** All of them, published minutes ago. */
  async fill(): Promise<void> {
    let next = 0;
    const now = steadyNow();
    const filler = async () => {
      while (next < this.#total) {
        const first = next;
        next = Math.min(this.#total, next + pushesPerStatement);
        await this.#store.put(Array.from({ length: next - first }, (_, index) => this.#buildPush(first + index, now)));
      }
    };
    await Promise.all(Array.from({ length: fillersAtOnce }, filler));
  }

  /** What the service was told of its sender; false where the push is none of these. */
  accepted(sender: unknown): boolean {
    const number = typeof sender === 'string' ? /^w(\d+)@/.exec(sender)?.[1] : undefined;
    if (number === undefined) return false;
    const n = Number(number);
    if (this.#accepted[n] === 1) this.doubles += 1;
    else this.drained += 1;
    this.#accepted[n] = 1;
    return true;
  }

  /** Which part of those that went out are among the newest of all, as many as went out. */
  get newestFirst(): number {
    const newest = this.#accepted.subarray(this.#total - this.drained);
    return newest.reduce((sum, one) => sum + one, 0) / Math.max(1, this.drained);
  }

  async countLeft(): Promise<number> {
    return Number((await this.#limitless(countLeft))[0]?.['pushes']);
  }

  /** Nodes that newer pushes wait for. */
  async readNew(): Promise<ReadonlySet<string>> {
    return new Set((await this.#limitless(readNew)).map(({ node }) => String(node)));
  }

  async close(): Promise<void> {
    await this.#store.close();
    await this.#database.close();
  }

  #buildPush(n: number, now: number): DeferredPush {
    const publishedAt = new Date(now - 10 * minuteMs + (n / this.#total) * 5 * minuteMs);
    return {
      id: randomUUID(),
      node: `waiting${String(n).padStart(25, '0')}`,
      provider: this.#provider,
      kind: 'message',
      notification: { ...emptyNotification, messageCount: 1, sender: `w${n}@example.net`, body },
      publishedAt,
      expiresAt: new Date(publishedAt.getTime() + 4 * hourMs),
      notBefore: new Date(now + this.#dueInMs),
      tries: 1,
    };
  }

  /** With so many rows it takes longer than a statement may. */
  #limitless(statement: Statement, values: readonly unknown[] = []) {
    return this.#database.transaction(({ query }) => query(statement, values), statementLimitMs);
  }
}
