import type { Finding } from '../../../src/index.ts';
import type { Access } from '../access.ts';
import type { Environment } from '../credentials/extension.ts';

type Judgement = Omit<Finding, 'step' | 'tried'>;

/** These say of the token what is true of it, which Apple does only for credentials that it accepts. */
const proofs = new Set(['BadDeviceToken', 'DeviceTokenNotForTopic', 'Unregistered', 'ExpiredToken']);

/** What Apple's refusal of a push to an impossible token says about our credentials. */
export function judgeRefusal(status: number, reason: string, access: Access, environment: Environment): Judgement {
  const said = `${status} ${reason}`;
  if (proofs.has(reason)) return { verdict: 'ok', found: `${said}: Apple refuses the token and nothing else, so the credentials are good` };
  const known = explain(reason, access, environment);
  if (known !== undefined) return { verdict: 'failed', found: `${said}: ${known.found}`, advice: known.advice };
  if (reason === 'TooManyProviderTokenUpdates')
    return { verdict: 'warning', found: `${said}: Apple has seen too many new tokens of this key`, advice: 'try again in 20 minutes' };
  if (status === 429 || status >= 500)
    return { verdict: 'warning', found: `${said}: the service is busy or in trouble`, advice: 'try again later' };
  const advice = 'look the reason up in "Handling notification responses from APNs"; is endpoint really Apple?';
  return { verdict: 'failed', found: said, advice };
}

/** The same advice for a reason of a push, as outcomes and status give it; undefined where Apple did not say it. */
export function adviseOn(reason: string, access: Access): string | undefined {
  const [, status, said] = /(?:^|\s)([45]\d\d) ([A-Za-z]+)$/.exec(reason) ?? [];
  const [environment = 'production'] = access.order(undefined);
  return said === undefined ? undefined : judgeRefusal(Number(status), said, access, environment).advice;
}

interface Explanation {
  readonly found: string;
  readonly advice: string;
}

function explain(reason: string, { topic, credentials }: Access, environment: Environment): Explanation | undefined {
  const other = environment === 'production' ? 'sandbox' : 'production';
  const { keyId = '', teamId = '' } = credentials.kind === 'key' ? credentials : {};
  const wrongEnvironment = {
    found: `the credentials are not for ${environment}`,
    advice: `take some for ${environment}, or set environment = "${other}"`,
  };
  const wrongTopic = {
    found: `the credentials are not for the topic ${topic}`,
    advice: "correct apns-topic (the app's bundle id), or take the certificate or key of the team and app it belongs to",
  };
  const refusedCertificate = { found: 'Apple does not accept the certificate', advice: 'was it revoked? make a new one for this app' };
  const table: Readonly<Record<string, Explanation>> = {
    InvalidProviderToken: {
      found: `the key is not known as ${keyId} of team ${teamId}, or the clock is wrong`,
      advice:
        'compare key-id and team-id with the developer account and key-file with the name of the .p8; was the key revoked? check the clock',
    },
    ExpiredProviderToken: {
      found: 'the token, signed this moment, is too old or in the future for Apple: the clock of this machine is wrong',
      advice: 'set the clock by NTP (timedatectl set-ntp true)',
    },
    MissingProviderToken: { found: 'Apple wants a certificate or token and saw none', advice: 'set cert-file or key-file' },
    BadEnvironmentKeyIdInToken: wrongEnvironment,
    BadCertificateEnvironment: wrongEnvironment,
    BadCertificate: refusedCertificate,
    Forbidden: refusedCertificate,
    TopicDisallowed: wrongTopic,
    BadTopic: wrongTopic,
    MissingTopic: wrongTopic,
  };
  return Object.hasOwn(table, reason) ? table[reason] : undefined;
}
