// Room: what doctor asks Apple. In: access. Out: steps. May enter: apns.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Finding } from '../../../src/index.ts';
import { diagnoseWay } from '../../http2/diagnose/diagnose.ts';
import { diagnoseClock } from '../../http2/diagnose/clock.ts';
import type { Exchange } from '../../http2/exchange.ts';
import type { Access, Way } from '../access.ts';
import { diagnoseEnds } from './ends.ts';
import { judgeRefusal } from './refusal.ts';
import { alert, voip } from '../push-kind.ts';
import { parseRefusal } from '../reasons.ts';
import { buildRequest } from '../request/request.ts';

const answerLimitMs = 10_000;
/** Shorter than any device token ever was, so that it belongs to nobody; random, so that no refusal is remembered. */
const impossibleTokenBytes = 4;

/** Contract of `Provider.diagnose`: each service that is configured, and what Apple says of the credentials there. */
export async function diagnoseApns(access: Access, signal: AbortSignal): Promise<readonly Finding[]> {
  access.occupancy.enter();
  try {
    return await walk(access, signal);
  } finally {
    access.occupancy.leave();
  }
}

async function walk(access: Access, signal: AbortSignal): Promise<readonly Finding[]> {
  const { credentials } = access;
  const findings: Finding[] = [];
  for (const [index, way] of access.ways().entries()) {
    const steps = [
      async () => (way.line === 'messages' ? (await diagnoseWay(way.endpoint, signal)).findings : []),
      () => (index === 0 ? diagnoseEnds(credentials) : []),
      () => (credentials.kind === 'none' ? [] : tryCredentials(access, way, signal)),
    ];
    for (const step of steps) {
      findings.push(...(await step()));
      if (findings.some(({ verdict }) => verdict === 'failed')) return findings;
    }
  }
  return findings;
}

/** Pushes to a token that can't exist: that Apple refuses the token, and nothing else, proves all the rest. */
async function tryCredentials(access: Access, way: Way, signal: AbortSignal): Promise<readonly Finding[]> {
  const server = way.endpoint.origin.host;
  const kind = way.line === 'calls' ? voip : alert;
  const token = randomBytes(impossibleTokenBytes).toString('hex');
  const push = { id: randomUUID(), token, secondToken: token, expiresAt: new Date(Date.now() + answerLimitMs) };
  const message = { ...kind, subject: undefined, payload: '{"aps":{}}' };
  const exchange = await way.pool.request(buildRequest(access, way.pool, push, message, signal));
  const tried = `push to an impossible token at ${server} for ${access.topic}${kind.topicSuffix}`;
  if (exchange.kind !== 'answered') return [describeSilence(tried, exchange)];
  const { status, headers, body } = exchange;
  const clock = diagnoseClock(headers.date, server);
  const told = status === 200 ? acceptedAnything : judgeRefusal(status, parseRefusal(body).reason, access, way.environment);
  return [...(clock === undefined ? [] : [clock]), { step: 'credentials', tried, ...told }];
}

const acceptedAnything = { verdict: 'ok', found: '200: it was accepted, as a test service does; the credentials are good' } as const;

function describeSilence(tried: string, { reason }: Exclude<Exchange, { kind: 'answered' }>): Finding {
  const advice =
    'if the reason names a certificate, Apple refuses ours during the handshake; else try again, and look for a firewall on the way';
  return { step: 'credentials', verdict: 'failed', tried, found: `no answer: ${reason}`, advice };
}
