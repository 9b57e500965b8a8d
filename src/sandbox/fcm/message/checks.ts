import { checkForm, type DeviceTokens } from './device-tokens.ts';
import type { Message } from './message.ts';
import { refuseArgument, refuseMessage, type Refusal } from '../refusal.ts';

const maxBytes = 4096;
const maxTtlSeconds = 4 * 7 * 24 * 60 * 60;
const reservedKey = /^(?:from$|message_type$|google|gcm)/;

/** What FCM itself has against a message that fits the API's definition. */
export function checkMessage(message: Message, tokens: DeviceTokens): Refusal | undefined {
  return checkTarget(message) ?? checkKeys(message) ?? checkTtl(message) ?? checkSize(message) ?? checkToken(message, tokens);
}

function checkTarget({ target }: Message): Refusal | undefined {
  if (target === undefined) return refuseMessage('message', 'Recipient of the message is not set.');
  return target.kind === 'token' || target.kind === 'fid' ? checkForm(target.kind, target.value) : undefined;
}

function checkKeys({ data }: Message): Refusal | undefined {
  const index = Object.keys(data).findIndex((key) => reservedKey.test(key));
  return index < 0 ? undefined : refuseMessage(`message.data[${index}].key`, `Invalid data payload key: ${Object.keys(data)[index] ?? ''}`);
}

/** FCM's own words for this are not known. */
function checkTtl({ ttl }: Message): Refusal | undefined {
  if (ttl === undefined || Number(ttl.slice(0, -1)) <= maxTtlSeconds) return undefined;
  return refuseMessage('message.android.ttl', `The TTL must be between 0 and ${maxTtlSeconds} seconds.`);
}

function checkSize({ bytes }: Message): Refusal | undefined {
  return bytes > maxBytes ? refuseArgument('Android message is too big') : undefined;
}

function checkToken({ target }: Message, tokens: DeviceTokens): Refusal | undefined {
  return target?.kind === 'token' || target?.kind === 'fid' ? tokens.check(target.value) : undefined;
}
