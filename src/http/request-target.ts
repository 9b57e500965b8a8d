/** Nothing that is served here needs a longer one. */
const longestTarget = 2048;

export interface RequestTarget {
  /** As it was sent: nothing is decoded, nothing resolved. Empty where the target is no path. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Splits the target of a request line (RFC 9112 §3.2.1). Any other form, and one that is too long, matches no route. */
export function parseTarget(target: string | undefined): RequestTarget {
  if (target === undefined || !target.startsWith('/') || target.length > longestTarget) return { path: '', query: new URLSearchParams() };
  const [path = '', ...query] = target.split('?');
  return { path, query: new URLSearchParams(query.join('?')) };
}
