// Room: what is a proper outcome, status, log; what is a secret. In: what a provider said. Out: faults in words. May enter: testing.
import type { LogLine } from '../log-line.ts';
import type { Secrets } from './secrets.ts';

const ignoredWarnings = new Set(['ExperimentalWarning', 'DeprecationWarning']);

/** What can be judged only when all is over: what the log shows, and what nobody caught. */
export class Verdict {
  readonly #leaks = new Set<string>();
  readonly #troubles: string[] = [];
  readonly #onWarning = (warning: Error) => {
    if (!ignoredWarnings.has(warning.name)) this.#troubles.push(`warning: ${warning.name}: ${warning.message}`);
  };
  readonly #onRejection = (reason: unknown) => void this.#troubles.push(`unhandled rejection: ${describe(reason)}`);
  readonly #onException = (error: Error) => void this.#troubles.push(`uncaught exception: ${describe(error)}`);

  /** Until `stop`. */
  start(): void {
    process.on('warning', this.#onWarning);
    process.on('unhandledRejection', this.#onRejection);
    process.on('uncaughtExceptionMonitor', this.#onException);
  }

  stop(): void {
    process.off('warning', this.#onWarning);
    process.off('unhandledRejection', this.#onRejection);
    process.off('uncaughtExceptionMonitor', this.#onException);
  }

  readLog(logged: readonly LogLine[], secrets: Secrets): void {
    for (const { level, event, fields } of logged) {
      for (const name of secrets.findIn([event, fields])) this.#leaks.add(`${level} ${event} shows ${name}`);
    }
  }

  get leaks(): readonly string[] {
    return [...this.#leaks];
  }

  get troubles(): readonly string[] {
    return this.#troubles;
  }
}

function describe(reason: unknown): string {
  return reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
}
