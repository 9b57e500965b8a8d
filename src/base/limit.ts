// Room: what knows nothing of pushes: time limits, backoff, clocks, text, PEM. In: plain values. Out: plain values. May enter: everybody,
// providers included.

/**
 * Settles as `work` does, or rejects after `limitMs` with a TimeoutError of that message, or with the error that is built then.
 * The work itself is not stopped.
 */
export async function withLimit<T>(
  work: Promise<T>,
  limitMs: number,
  late: string | (() => Error) = `not done within ${limitMs} ms`,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(typeof late === 'string' ? new DOMException(late, 'TimeoutError') : late()), limitMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Settles as `work` does, or rejects with a TimeoutError when the signal aborts; the work itself is not stopped. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const value = await raceAbort(work, signal);
  if (value === aborted) throw new DOMException('no answer in time', 'TimeoutError');
  return value;
}

/** Settles as `work` does, or with undefined when the signal aborts; the work itself is not stopped. */
export async function valueUntilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const value = await raceAbort(work, signal);
  return value === aborted ? undefined : value;
}

/** Aborts with `signal`, or after `limitMs`. */
export function limitSignal(signal: AbortSignal, limitMs: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
}

/** Whether an error says nothing but that the time was up. */
export function isLate(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}

const aborted = Symbol('aborted');

async function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T | typeof aborted> {
  const { promise, resolve } = Promise.withResolvers<typeof aborted>();
  const abort = () => resolve(aborted);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
