import type { Finding } from '../../../src/index.ts';
import { describeRefusal, reactionTo } from '../reasons.ts';
import type { Refusal } from '../refusal.ts';

type Judgement = Omit<Finding, 'step' | 'tried'>;

const noAnswerAdvice = 'try again; look for a firewall on the way that cuts open connections';

/** What FCM's answer about an impossible token says of the service account. A text stands for no answer. */
export function judgeRefusal(refusal: Refusal | string, project: string): Judgement {
  if (typeof refusal === 'string') return { verdict: 'failed', found: `no answer: ${refusal}`, advice: noAnswerAdvice };
  const said = describeRefusal(refusal);
  if (isProof(refusal))
    return { verdict: 'ok', found: `${said}: FCM finds fault with the token and nothing else, so the credentials are good` };
  if (refusal.status === 429 || refusal.status >= 500)
    return { verdict: 'warning', found: `${said}: the service is busy or in trouble`, advice: 'try again later' };
  const { found, advice } = explain(refusal, project);
  return { verdict: 'failed', found: `${said}: ${found}`, advice };
}

/** The same question under the project's number. */
export function judgeSender(refusal: Refusal | string, project: string): Judgement {
  if (typeof refusal === 'string') return { verdict: 'warning', found: `no answer: ${refusal}`, advice: noAnswerAdvice };
  if (isProof(refusal)) return { verdict: 'ok', found: `it is the number of ${project}` };
  const found = `${describeRefusal(refusal)}: it is not the number of ${project}`;
  return {
    verdict: 'failed',
    found,
    advice: 'correct sender-id (Firebase console, project settings, cloud messaging), or take the account of the other project',
  };
}

/** The same advice for a reason of a push, as outcomes and status give it; undefined where Google did not say it. */
export function adviseOn(reason: string, project: string): string | undefined {
  const [, status, said] = /(?:^|\s)([45]\d\d) ([A-Z_]+)(?:\s|$)/.exec(reason) ?? [];
  if (said === undefined) return undefined;
  const refusal = { status: Number(status), errorCode: said, rpcStatus: said, infoReason: said, message: '', blamed: undefined };
  return judgeRefusal(refusal, project).advice;
}

/** Accepted, or refused for the token's sake. */
function isProof(refusal: Refusal): boolean {
  if (refusal.status === 200) return true;
  const { kind } = reactionTo(refusal);
  return kind === 'gone' || kind === 'ask-whose-fault';
}

function explain({ status, infoReason }: Refusal, project: string): { readonly found: string; readonly advice: string } {
  if (infoReason === 'SERVICE_DISABLED')
    return {
      found: `the Firebase Cloud Messaging API is not enabled in ${project}`,
      advice: 'enable "Firebase Cloud Messaging API (V1)" for the project in the Google Cloud console, and wait some minutes',
    };
  if (status === 403)
    return {
      found: `the service account may not send messages for ${project}`,
      advice: 'give it the role "Firebase Cloud Messaging API Admin" (IAM), or take the key of an account of this project',
    };
  if (status === 401) return { found: 'the access token is not accepted', advice: 'is endpoint really FCM? else take a new key file' };
  if (status === 404)
    return { found: `there is no project ${project} at this endpoint`, advice: 'is endpoint really FCM? was the project deleted?' };
  return { found: 'not expected here', advice: 'look the reason up in "FCM error codes"; is endpoint really FCM?' };
}
