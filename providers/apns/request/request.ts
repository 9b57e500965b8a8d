// Room: a push as a request to Apple. In: a push. Out: headers and payload. May enter: apns.
import type { Push } from '../../../src/index.ts';
import type { Request } from '../../http2/exchange.ts';
import type { Pool } from '../../http2/pool/pool.ts';
import { buildLimits } from '../../http2/limits.ts';
import { patienceOf } from '../../payload/call.ts';
import type { Access } from '../access.ts';
import { buildCollapseId } from './collapse.ts';
import type { ApnsMessage } from './payload.ts';

const answerLimitMs = 15_000;

/** What of a push and its message makes the request. */
type Address = Pick<Push, 'id' | 'token' | 'secondToken' | 'expiresAt'> & Partial<Pick<Push, 'notification'>>;
type Content = Omit<ApnsMessage, 'case'>;

/** A push as an HTTP/2 request ("Sending notification requests to APNs"). */
export function buildRequest(access: Access, pool: Pool, push: Address, message: Content, signal: AbortSignal): Request {
  // prettier-ignore
  const common = [
    ':method', 'POST', ':scheme', 'https', ':authority', pool.authority, ':path', `/3/device/${tokenOf(push, message)}`,
    'apns-topic', access.topic + message.topicSuffix, 'apns-push-type', message.pushType, 'apns-priority', message.priority,
    'apns-id', push.id, 'apns-expiration', String(Math.floor(push.expiresAt.getTime() / 1000)),
  ];
  // Not pushed one by one: a list that has to grow takes room for twice as many.
  const headers = common.concat(buildOptionalHeaders(access, message));
  const patienceMs = push.notification && patienceOf(push.notification);
  return { headers, body: message.payload, ...buildLimits(push.expiresAt, answerLimitMs), patienceMs, signal };
}

function buildOptionalHeaders({ collapseKey, token }: Access, { subject }: Content): readonly string[] {
  const collapse = subject === undefined ? [] : ['apns-collapse-id', buildCollapseId(collapseKey, subject)];
  const authorization = token === undefined ? [] : ['authorization', token.bearer()];
  return collapse.concat(authorization);
}

function tokenOf({ token, secondToken }: Address, { device }: Content): string {
  return device === 'second' ? (secondToken ?? token) : token;
}
