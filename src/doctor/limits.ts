const stepLimitMs = 10_000;

/** Aborts with `signal`, or when one step has had its ten seconds. */
export function limitStep(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(stepLimitMs)]);
}

/** Whether an error says nothing but that the time was up. */
export function isLate(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}

/** Settles as `work` does, or rejects when the signal aborts; the work itself is not stopped. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(new DOMException('no answer in time', 'TimeoutError'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** The code of a system, TLS or database error; that of its cause or of the first of several where it has none itself. */
export function codeOf(error: unknown): string {
  const { code, errors, cause } = (error ?? {}) as { readonly code?: unknown; readonly errors?: unknown; readonly cause?: unknown };
  if (typeof code === 'string') return code;
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  return cause === undefined ? '' : codeOf(cause);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || codeOf(error) : String(error);
}
