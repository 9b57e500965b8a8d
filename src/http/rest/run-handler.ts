import type { Log } from '../../log/log.ts';
import { DatabaseUnavailable } from '../../registry/registry.ts';
import type { LoadedHandler } from './load-handlers.ts';
import type { RestAnswer, RestRequest, RestTools } from './rest-handler.ts';
import { TooManyRequests } from './rest-tools.ts';
import { withLimit } from '../../base/limit.ts';

const limitMs = 10_000;
const retryDatabaseMs = 5_000;
const framesShown = 4;
const usualType = 'text/plain; charset=utf-8';
/** As far as it has to be one: in a header it can do no harm. */
const mediaType = /^[\w.+-]+\/[\w.+-]+(?: *; *[\w-]+=[\w.-]+)*$/;

export interface Answer {
  readonly status: number;
  /** JSON, or what `type` says; undefined: an empty body. */
  readonly text?: string | undefined;
  readonly type?: string;
  readonly retryAfterMs?: number;
}

/**
 * Lets a handler answer within its time. Never rejects: what it throws becomes a status, and a bug a line in the log,
 * without the message, which may repeat what the request held.
 */
export async function runHandler(
  handler: LoadedHandler,
  request: Omit<RestRequest, 'signal'>,
  tools: RestTools,
  log: Log,
): Promise<Answer> {
  const controller = new AbortController();
  try {
    const work = Promise.resolve(handler.handle({ ...request, signal: controller.signal }, tools));
    return parseAnswer(await withLimit(work, limitMs, 'the handler took too long'));
  } catch (error) {
    controller.abort();
    return answerFailure(error, log);
  }
}

/** 503 for what may go through later: no client takes an empty body for a result, and Siskin tries its other URL before it gives up. */
function answerFailure(error: unknown, log: Log): Answer {
  if (error instanceof TooManyRequests) return { status: 429, retryAfterMs: error.waitMs };
  if (error instanceof DatabaseUnavailable) return { status: 503, retryAfterMs: retryDatabaseMs };
  const isLate = error instanceof DOMException && error.name === 'TimeoutError';
  log.error(isLate ? 'rest-handler-late' : 'rest-handler-failed', describe(error));
  return { status: isLate ? 503 : 500 };
}

function parseAnswer(answer: unknown): Answer {
  if (answer === undefined) return { status: 404 };
  if (typeof answer !== 'object' || answer === null) throw new TypeError('a handler answers with an object or undefined');
  const { status = 200, body, text, type = usualType } = answer as RestAnswer;
  if (!Number.isInteger(status) || status < 200 || status > 599) throw new TypeError('a handler answers with a status from 200 to 599');
  if (body !== undefined || text === undefined) return { status, text: body === undefined ? undefined : JSON.stringify(body) };
  if (typeof text !== 'string' || !mediaType.test(type)) throw new TypeError('a handler answers with a text and its media type');
  return { status, text, type };
}

function describe(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { error: typeof error };
  const { name, message, stack = '' } = error;
  const frames = stack.slice(Math.max(0, stack.indexOf(message)) + message.length).matchAll(/^ {4}at (.+)$/gm);
  return { error: name, at: [...frames].slice(0, framesShown).map(([, frame]) => frame) };
}
