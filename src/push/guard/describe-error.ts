const framesShown = 4;

/** What of a third party's error may stand in a log: what kind it is and where it came from. */
export interface ErrorDescription {
  readonly error: string;
  readonly code?: string;
  readonly at?: readonly string[];
}

/** Never throws, and leaves out the message: it may repeat what the provider was given. */
export function describeError(error: unknown): ErrorDescription {
  try {
    if (!(error instanceof Error)) return { error: `not an Error but ${typeof error}` };
    const { code } = error as { readonly code?: unknown };
    return { error: isName(error.name) ? error.name : 'Error', ...(isName(code) ? { code } : {}), at: readFrames(error) };
  } catch {
    // An error object whose own fields throw when they are read.
    return { error: 'unreadable' };
  }
}

/** The message, or an empty text where there is none to be had. Never throws. */
export function readMessage(error: unknown): string {
  try {
    return error instanceof Error ? error.message : typeof error === 'string' ? error : '';
  } catch {
    // As above.
    return '';
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,60}$/.test(value);
}

/** Behind the message, so that no line of it is taken for a place. */
function readFrames({ stack = '', message }: Error): string[] {
  const frames = stack.slice(Math.max(0, stack.indexOf(message)) + message.length).matchAll(/^ {4}at (.+)$/gm);
  return [...frames].slice(0, framesShown).map(([, frame = '']) => frame);
}
