const framesShown = 20;
const deepest = 4;

/** What of an error stands in the log: no field of its own but the code, because those of others quote what they were given. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
  readonly errors?: readonly LoggedError[];
}

/** Never throws. `scrub` goes over every message. */
export function describeLoggedError(error: Error, scrub: (text: string) => string, depth = 0): LoggedError {
  try {
    const { name, code, cause } = error as { readonly name: string; readonly code?: unknown; readonly cause?: unknown };
    const message = scrub(withoutInput(error));
    const inner = (one: Error) => describeLoggedError(one, scrub, depth + 1);
    const errors: readonly unknown[] = error instanceof AggregateError && depth < deepest ? error.errors.slice(0, deepest) : [];
    return {
      type: scrub(name),
      message,
      ...(typeof code === 'string' || typeof code === 'number' ? { code: scrub(String(code)) } : {}),
      stack: [`${scrub(name)}: ${message}`, ...readFrames(error)].join('\n'),
      ...(cause instanceof Error && depth < deepest ? { cause: inner(cause) } : {}),
      ...(errors.length > 0 ? { errors: errors.filter((one) => one instanceof Error).map(inner) } : {}),
    };
  } catch {
    return { type: 'Error', message: 'unreadable' };
  }
}

/** The message without what it repeats of its input: a JSON text, an argument, a value for the database. */
function withoutInput(error: Error): string {
  const { message } = error;
  // https://www.postgresql.org/docs/current/errcodes-appendix.html: class 22, data exceptions, quote the value.
  if ('severity' in error && 'code' in error && String(error.code).startsWith('22')) return 'a value that the database refuses';
  if (error instanceof SyntaxError) return message.replace(/["'][^]*$/, '…');
  return message.replace(/(\bReceived )[^]*$/, '$1…');
}

/** Behind the message, so that no line of it is taken for a place. */
function readFrames({ stack = '', message }: Error): string[] {
  const lines = stack.slice(Math.max(0, stack.indexOf(message)) + message.length).split('\n');
  return lines.filter((line) => /^ {4}at /.test(line)).slice(0, framesShown);
}
