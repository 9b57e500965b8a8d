import type { Outcome } from '../../../src/index.ts';
import type { Sender } from './senders.ts';
import type { Script } from './service.ts';
import type { Answer } from './inputs.ts';

const longestReason = 201;
const longestAfterMs = 24 * 60 * 60_000;
const deadReasons = ['BadDeviceToken', 'DeviceTokenNotForTopic'];
const deadCodes = ['UNREGISTERED', 'SENDER_ID_MISMATCH'];
const jsonWebToken = /eyJ[\w-]{12,}\.[\w-]{12,}/;

/** What must hold of every outcome, whatever the service said. */
export function checkOutcome(outcome: Outcome, service: 'apns' | 'fcm', script: Script): void {
  switch (outcome.kind) {
    case 'accepted':
      if (!script.given.some(mayAccept)) throw new Error('accepted, and no answer said so');
      return;
    case 'gone':
      if (!mayBury(service, script.given)) throw new Error(`a token is called dead by ${JSON.stringify(script.given).slice(0, 500)}`);
      return;
    case 'rejected':
      return checkText(outcome.reason, script);
    case 'retry':
      checkText(outcome.reason, script);
      if (outcome.afterMs !== undefined && !(outcome.afterMs >= 0 && outcome.afterMs <= longestAfterMs))
        throw new Error(`wait ${outcome.afterMs} ms`);
      return;
    default:
      outcome satisfies never;
  }
}

/** What a provider says of itself and writes into its log tells no secret either. */
export function checkWords({ provider, log }: Sender, script: Script): void {
  const { reason } = provider.status();
  if (reason !== undefined) checkText(reason, script);
  const line = log.splice(0).find((text) => isTelling(text, script));
  if (line !== undefined) throw new Error(`a secret in the log: ${line.slice(0, 400)}`);
}

function checkText(text: string, script: Script): void {
  if (text.length > longestReason || text.includes('\n'))
    throw new Error(`a reason of ${text.length} characters or several lines: ${text.slice(0, 300)}`);
  if (isTelling(text, script)) throw new Error(`a reason tells a secret: ${text}`);
}

function isTelling(text: string, { deviceToken, accessToken }: Script): boolean {
  return text.includes(deviceToken) || text.includes(accessToken) || jsonWebToken.test(text);
}

/** Frames of any kind may happen to be a good answer. A page is none, but it may be cut off before its first byte. */
function mayAccept(answer: Answer): boolean {
  return answer.kind === 'frames' || (answer.kind === 'response' && answer.status === '200');
}

/** Only what says so in the words of the service, read here without the code under test. */
function mayBury(service: 'apns' | 'fcm', given: readonly Answer[]): boolean {
  const said = given.flatMap((answer) => (answer.kind === 'response' ? [{ status: answer.status, json: parse(answer) }] : []));
  if (service === 'apns') return said.some(({ status, json }) => isDeadAtApple(status, json));
  return said.some(({ json }) => isDeadAtGoogle(json)) || said.filter(({ json }) => codesOf(json).includes('INVALID_ARGUMENT')).length > 1;
}

function isDeadAtApple(status: string, json: unknown): boolean {
  const reason = fieldOf(json, 'reason');
  if (typeof reason !== 'string' || !/^[A-Za-z]{1,64}$/.test(reason)) return false;
  return status === '410' || (status === '400' && deadReasons.includes(reason));
}

function isDeadAtGoogle(json: unknown): boolean {
  const blamed = detailsOf(json, 'google.rpc.BadRequest').flatMap((detail) => listOf(fieldOf(detail, 'fieldViolations')));
  return (
    codesOf(json).some((code) => deadCodes.includes(code)) || blamed.some((violation) => fieldOf(violation, 'field') === 'message.token')
  );
}

function codesOf(json: unknown): readonly string[] {
  return detailsOf(json, 'google.firebase.fcm.v1.FcmError').map((detail) => String(fieldOf(detail, 'errorCode')));
}

function detailsOf(json: unknown, type: string): readonly unknown[] {
  return listOf(fieldOf(fieldOf(json, 'error'), 'details')).filter((detail) => fieldOf(detail, '@type') === `type.googleapis.com/${type}`);
}

function parse({ body }: Extract<Answer, { kind: 'response' }>): unknown {
  const text = body.kind === 'text' ? body.text : body.kind === 'bytes' ? Buffer.from(body.bytes, 'base64').toString() : '';
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: it says nothing.
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
