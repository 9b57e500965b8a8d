import type { Finding } from '../../../src/index.ts';
import type { ClientCertificate } from '../credentials/certificate.ts';
import type { Credentials } from '../credentials/credentials.ts';

const dayMs = 24 * 60 * 60_000;
const warnDays = 30;

/** What there is to push with, and for how long. */
export function diagnoseEnds(credentials: Credentials, now = Date.now()): readonly Finding[] {
  switch (credentials.kind) {
    case 'certificate': {
      const { certificate, pushKit } = credentials;
      return [judgeEnd('cert-file', certificate, now), ...(pushKit === undefined ? [] : [judgeEnd('pushkit-cert-file', pushKit, now)])];
    }
    case 'key':
      return [];
    case 'none':
      return [noCertificate];
    default:
      return credentials satisfies never;
  }
}

const noCertificate: Finding = {
  step: 'certificate',
  verdict: 'warning',
  tried: 'look for a certificate or key',
  found: 'the configuration names none, and none that was uploaded could be read',
  advice: 'set cert-file or key-file, or upload a certificate (Set APNS certificate) and look at /readyz',
};

function judgeEnd(key: string, { expiresAt }: ClientCertificate, now: number): Finding {
  const leftDays = Math.floor((expiresAt.getTime() - now) / dayMs);
  const day = expiresAt.toISOString().slice(0, 10);
  const finding = { step: 'certificate', tried: `look when ${key} ends` };
  if (leftDays >= warnDays) return { ...finding, verdict: 'ok', found: `on ${day}, in ${leftDays} days` };
  const advice = "make a new one in Apple's developer account and put it in the place of the old one: no restart is needed";
  if (expiresAt.getTime() <= now) return { ...finding, verdict: 'failed', found: `it expired on ${day}`, advice };
  return { ...finding, verdict: 'warning', found: `on ${day}, in ${leftDays} days`, advice };
}
