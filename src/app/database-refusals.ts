import type { Log } from '../log/log.ts';
import type { DatabaseUnavailable } from '../registry/registry.ts';

/** How often a refusal that perhaps only a person can heal is repeated. */
const repeatMs = 60_000;
const advice = 'if it stays like this, correct database.url or the server; reveille doctor says what is wrong';

/** What the log says of a database that is awaited: a reason once, and again after another one came between. */
export class DatabaseRefusals {
  readonly #log: Log;
  readonly #since = performance.now();
  #reason: string | undefined;
  #toldAt = -Infinity;

  constructor(log: Log) {
    this.#log = log;
  }

  note(error: DatabaseUnavailable): void {
    const now = performance.now();
    const isDenied = isDenial(error.cause);
    const isDue = error.message !== this.#reason || (isDenied && now - this.#toldAt >= repeatMs);
    if (!isDue) return;
    this.#reason = error.message;
    this.#toldAt = now;
    // An absence ends by itself; a wrong password may be a mistake, and nobody looks for one behind a warning.
    if (isDenied) this.#log.error('database-awaited', { reason: error.message, advice });
    else this.#log.warn('database-awaited', { reason: error.message });
  }

  /** The database is there. Silent where it was not awaited. */
  end(): void {
    if (this.#reason === undefined) return;
    this.#log.info('database-arrived', { seconds: Math.round((performance.now() - this.#since) / 1_000) });
  }
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: class 28, user or password refused; 3D000, no such database. */
function isDenial(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code.startsWith('28') || code === '3D000';
}
