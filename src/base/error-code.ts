/** The code of a system, TLS or database error; that of its cause or of the first of several where it has none itself, else ''. */
export function codeOf(error: unknown): string {
  const { code, errors, cause } = (error ?? {}) as { readonly code?: unknown; readonly errors?: unknown; readonly cause?: unknown };
  if (typeof code === 'string') return code;
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  return cause === undefined ? '' : codeOf(cause);
}

/** An error's message, or its code where it has none, as with several addresses of one name. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || codeOf(error) : String(error);
}
