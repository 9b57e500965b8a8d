// Room: what doctor asks Google. In: access. Out: steps. May enter: fcm.
import type { Finding } from '../../../src/index.ts';
import { diagnoseWay } from '../../http2/diagnose/diagnose.ts';
import { diagnoseClock } from '../../http2/diagnose/clock.ts';
import type { AccountAccess, Line } from '../access/account-access.ts';
import { judgeDenial } from './denial.ts';
import { judgeRefusal, judgeSender } from './refusal.ts';
import { buildProbe } from '../message.ts';
import { parseRefusal, type Refusal } from '../refusal.ts';
import { buildRequest } from '../request.ts';
import { askForToken, readGrant } from '../access/token-exchange.ts';

const answerLimitMs = 10_000;
/** No registration token looks like this; with `validate_only` nothing would be delivered to it anyway. */
const impossibleToken = 'reveille-doctor:impossible';

export interface FcmDiagnosis {
  readonly line: Line;
  readonly access: AccountAccess;
  readonly senderId: string | undefined;
}

/** Contract of `Provider.diagnose`: the way to the token host and an access token, the way to FCM and what it says of both. */
export async function diagnoseFcm(diagnosis: FcmDiagnosis, signal: AbortSignal): Promise<readonly Finding[]> {
  const { access } = diagnosis;
  access.occupancy.enter();
  try {
    return await walk(diagnosis, signal);
  } finally {
    access.occupancy.leave();
  }
}

async function walk({ line, access, senderId }: FcmDiagnosis, signal: AbortSignal): Promise<readonly Finding[]> {
  let accessToken = '';
  const tokenStep = async () => {
    const answer = await obtainToken(access, signal);
    accessToken = answer.accessToken;
    return answer.findings;
  };
  const ask = (project: string) => validate(line, project, accessToken, signal);
  const steps = [
    async () => (await diagnoseWay(access.endpoint, signal)).findings,
    tokenStep,
    async () => (await diagnoseWay(line.endpoint, signal)).findings,
    async () => [await tryCredentials(ask, access.account.projectId)],
    async () => (senderId === undefined ? [] : [await trySender(ask, senderId, access.account.projectId)]),
  ];
  const findings: Finding[] = [];
  for (const step of steps) {
    findings.push(...(await step()));
    if (findings.some(({ verdict }) => verdict === 'failed')) return findings;
  }
  return findings;
}

/** The token itself never leaves this file. */
async function obtainToken(
  { account, pool, endpoint }: AccountAccess,
  signal: AbortSignal,
): Promise<{ readonly accessToken: string; readonly findings: readonly Finding[] }> {
  const server = endpoint.origin.host;
  const tried = `ask ${server} for an access token for ${account.clientEmail}`;
  const exchange = await askForToken(account, pool, signal);
  const clock = exchange.kind === 'answered' ? diagnoseClock(exchange.headers.date, server) : undefined;
  const grant = readGrant(exchange);
  const told: Finding =
    grant.kind === 'granted'
      ? { step: 'access token', verdict: 'ok', tried, found: 'granted' }
      : { step: 'access token', verdict: 'failed', tried, ...judgeDenial(grant, clock) };
  return {
    accessToken: grant.kind === 'granted' ? grant.accessToken : '',
    findings: [...(clock === undefined ? [] : [clock]), told],
  };
}

type Ask = (project: string) => Promise<Refusal | string>;

async function tryCredentials(ask: Ask, project: string): Promise<Finding> {
  const tried = `have a message to an impossible token checked (validate_only) for the project ${project}`;
  return { step: 'credentials', tried, ...judgeRefusal(await ask(project), project) };
}

/** FCM takes a project's number for its name. */
async function trySender(ask: Ask, senderId: string, project: string): Promise<Finding> {
  return {
    step: 'sender-id',
    tried: `have the same checked for the project number ${senderId}`,
    ...judgeSender(await ask(senderId), project),
  };
}

/** What FCM said; a text where it said nothing. */
async function validate({ pool }: Line, project: string, accessToken: string, signal: AbortSignal): Promise<Refusal | string> {
  const expiresAt = new Date(Date.now() + answerLimitMs);
  const build = () => buildProbe({ token: impossibleToken });
  const exchange = await pool.request(buildRequest(pool, project, accessToken, { push: { expiresAt }, build, signal }));
  return exchange.kind === 'answered' ? parseRefusal(exchange.status, exchange.body) : exchange.reason;
}
