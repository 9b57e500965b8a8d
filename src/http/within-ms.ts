/** Settles as `work` does, or rejects with a TimeoutError of that message after `limitMs`; the work itself is not stopped. */
export async function withinMs<T>(limitMs: number, work: Promise<T>, message: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DOMException(message, 'TimeoutError')), limitMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
