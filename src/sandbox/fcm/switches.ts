import { parseRetryAfter } from '../server/retry-after.ts';
import { buildPlain, buildSwitches, isRefusalStatus, type Order, type SwitchTable } from '../server/switches.ts';
import type { FcmMisbehaviour } from './misbehaviour.ts';
import { isReason, statusOf } from './reasons.ts';
import type { SandboxFcm } from './sandbox-fcm.ts';
import type { TokenMisbehaviour } from './token/misbehaviour.ts';

/** A misbehaviour of the message host or of the token host, as ordered on the command line. */
export type FcmOrder =
  | { readonly host: 'messages'; readonly order: Order<FcmMisbehaviour> }
  | { readonly host: 'tokens'; readonly order: Order<TokenMisbehaviour> };

const option = '--misbehave-fcm';
const tokenPrefix = 'token-';

const messageTable: SwitchTable<FcmMisbehaviour> = {
  answer: { usage: 'answer=REASON[:RETRY-AFTER]', parse: (value = '') => parseAnswer(value) },
  'unknown-reason': {
    usage: 'unknown-reason[=STATUS]',
    parse: (value = '400') => (isRefusalStatus(value) ? { kind: 'answer', status: Number(value), errorCode: 'NEVER_HEARD_OF' } : undefined),
  },
  page: { usage: 'page[=STATUS]', parse: (value = '502') => parsePage(value) },
  truncated: { usage: 'truncated=REASON', parse: (value = '') => parseTruncated(value) },
  'expire-token': buildPlain('expire-token', { kind: 'expire-token' }),
  goaway: { usage: 'goaway[=CODE]', parse: (value = '0') => parseGoAway(value) },
};

/** The errors the token host has been seen to give, with their statuses. */
const tokenErrors: Readonly<Record<string, { readonly status: number; readonly description: string }>> = {
  invalid_grant: { status: 400, description: 'Invalid JWT Signature.' },
  internal_failure: { status: 500, description: 'Internal Error' },
};

const tokenTable: SwitchTable<TokenMisbehaviour> = {
  answer: { usage: 'answer=ERROR', parse: (value = '') => parseTokenError(value) },
  page: { usage: 'page[=STATUS]', parse: (value = '502') => parsePage(value) },
  truncated: buildPlain('truncated', { kind: 'truncate' }),
};

const messages = buildSwitches(option, messageTable, ['limit-late', 'limit-falls']);
const tokens = buildSwitches(option, tokenTable, [], tokenPrefix);

/** How each switch is written, for the help text. */
export const fcmSwitchUsages: readonly string[] = [...messages.usages, ...tokens.usages];

/** Parses a switch as APNs has them; with `token-` before it, one for the token host. Throws with the usage. */
export function parseFcmSwitch(text: string): FcmOrder {
  if (text.startsWith(tokenPrefix)) return { host: 'tokens', order: tokens.parse(text.slice(tokenPrefix.length)) };
  return { host: 'messages', order: messages.parse(text) };
}

/** Makes the sandbox do as ordered. */
export function giveFcm({ host, order }: FcmOrder, sandbox: Pick<SandboxFcm, 'adopt' | 'misbehave' | 'misbehaveTokens'>): void {
  if ('habit' in order) sandbox.adopt(order.habit);
  else if (host === 'tokens') sandbox.misbehaveTokens(order.told, order.scope);
  else sandbox.misbehave(order.told, order.scope);
}

function parseAnswer(value: string): FcmMisbehaviour | undefined {
  const [, name = '', after] = /^([A-Z_]+)(?::(.*))?$/.exec(value) ?? [];
  if (!isReason(name)) return undefined;
  const answer = { kind: 'answer', status: statusOf(name), errorCode: name } as const;
  if (after === undefined) return answer;
  const retryAfter = parseRetryAfter(after);
  return retryAfter === undefined ? undefined : { ...answer, retryAfter };
}

function parseTruncated(name: string): FcmMisbehaviour | undefined {
  return isReason(name) ? { kind: 'truncate', status: statusOf(name), errorCode: name } : undefined;
}

function parsePage(status: string): { readonly kind: 'answer'; readonly status: number } | undefined {
  return isRefusalStatus(status) ? { kind: 'answer', status: Number(status) } : undefined;
}

/** Google says PROTOCOL_ERROR to a client with too many streams. */
function parseGoAway(value: string): FcmMisbehaviour | undefined {
  if (!/^\d{1,9}$/.test(value)) return undefined;
  return { kind: 'goaway', code: Number(value), ...(value === '1' ? { reason: 'exceeded_max_concurrent_streams' } : {}) };
}

function parseTokenError(name: string): TokenMisbehaviour | undefined {
  const found = Object.hasOwn(tokenErrors, name) ? tokenErrors[name] : undefined;
  return found && { kind: 'answer', error: name, ...found };
}
