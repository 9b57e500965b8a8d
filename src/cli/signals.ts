import { constants } from 'node:os';

/**
 * Signals that end a process unless it listens. Those of a program that is broken (SIGSEGV, SIGABRT …) are not among them,
 * nor those that the runtime keeps for itself (SIGUSR1, SIGPROF).
 */
const ends = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGALRM', 'SIGVTALRM', 'SIGXCPU', 'SIGPWR', 'SIGIO'] as const;

/** Those that a program goes on after that needs no terminal. */
export const endsOfDaemon = ends.filter((signal) => signal !== 'SIGHUP');

/** Service managers and npm tell one end several times: to each process, and each of them to the next. */
const echoMs = 500;

/**
 * From here on a signal that nobody listens to ends the process by `process.exit`, so that what has to be done at its end
 * (`stop-at-exit.ts`) is done. For the whole process.
 */
export function exitOnSignals(): void {
  for (const signal of ends) {
    // The runtime was told to use it, as by --report-on-signal.
    if (process.listenerCount(signal) > 0) continue;
    process.on(signal, () => process.listenerCount(signal) === 1 && exitBy(signal));
  }
}

/** Calls `listener` at the first signal; the next one ends the process at once, unless it is the same one passed on. */
export function onFirstSignal(listener: (signal: NodeJS.Signals) => void, signals: readonly NodeJS.Signals[] = ends): void {
  let first: { readonly signal: NodeJS.Signals; readonly atMs: number } | undefined;
  const hear = (signal: NodeJS.Signals): void => {
    if (first === undefined) {
      first = { signal, atMs: performance.now() };
      listener(signal);
    } else if (!isEcho(signal, first)) exitBy(signal);
  };
  for (const signal of signals) process.on(signal, hear);
}

/** Aborted by the first signal, so that what is under way ends in order; the next one ends the process. */
export function listenForInterrupt(reason?: Error): AbortSignal {
  const interrupted = new AbortController();
  onFirstSignal(() => interrupted.abort(reason));
  return interrupted.signal;
}

/** Nobody is impatient by SIGHUP, and Ctrl-C is passed on by nobody. */
function isEcho(signal: NodeJS.Signals, first: { readonly signal: NodeJS.Signals; readonly atMs: number }): boolean {
  if (signal === 'SIGHUP') return true;
  return signal === first.signal && signal !== 'SIGINT' && performance.now() - first.atMs < echoMs;
}

/** With the code that a shell gives a process that a signal ended. */
function exitBy(signal: NodeJS.Signals): never {
  process.exit(128 + constants.signals[signal]);
}
