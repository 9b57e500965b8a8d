import { headerOf, type SandboxRequest } from '../server/request.ts';
import { decrypt, type Reading } from './decrypt.ts';
import { buildRefusal, type ReasonName, type Refusal } from './refusal.ts';
import type { Known } from './subscriptions.ts';

const urgencies: readonly string[] = ['very-low', 'low', 'normal', 'high'];

interface Check {
  readonly reason: ReasonName;
  fails(request: SandboxRequest): boolean;
}

/** What https://www.rfc-editor.org/rfc/rfc8030#section-5 demands of a request's headers. */
const headerChecks: readonly Check[] = [
  { reason: 'duplicate-headers', fails: ({ hasDuplicateHeaders }) => hasDuplicateHeaders },
  { reason: 'no-ttl', fails: (request) => headerOf(request, 'ttl') === undefined },
  { reason: 'bad-ttl', fails: (request) => !/^\d{1,10}$/.test(headerOf(request, 'ttl') ?? '') },
  { reason: 'bad-urgency', fails: (request) => !urgencies.includes(urgencyOf(request)) },
  { reason: 'bad-topic', fails: (request) => !/^[\w-]{1,32}$/.test(headerOf(request, 'topic') ?? 'none') },
];

/** What a push said: nothing is undefined, for a push without a message. */
export type Message = { readonly text: Buffer | undefined } | Refusal;

export function checkHeaders(request: SandboxRequest): Refusal | undefined {
  const failed = headerChecks.find((check) => check.fails(request));
  return failed === undefined ? undefined : buildRefusal(failed.reason);
}

/** Undefined in the request means normal. */
export function urgencyOf(request: SandboxRequest): string {
  return headerOf(request, 'urgency') ?? 'normal';
}

/** The message as the app would read it; what it could not read is refused, though a real service can't know. */
export function readMessage(request: SandboxRequest, { reader }: Known, longest: number): Message {
  const { body, bodyBytes } = request;
  if (bodyBytes > longest) return buildRefusal('too-large', `${bodyBytes} bytes of ${longest}`);
  if (reader === undefined) return bodyBytes === 0 ? buildRefusal('empty') : { text: body };
  if (bodyBytes === 0) return { text: undefined };
  if (headerOf(request, 'content-encoding')?.toLowerCase() !== 'aes128gcm') return buildRefusal('no-encoding');
  return asMessage(decrypt(body, reader));
}

function asMessage(reading: Reading): Message {
  return 'flaw' in reading ? buildRefusal('unreadable', reading.flaw) : reading;
}
