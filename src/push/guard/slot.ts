import { types } from 'node:util';
import type { CertificateSlot, CertificateSummary } from '../provider/provider.ts';

/** The slot of a provider as everybody else sees it: its code runs as the provider's, and its summary is a summary. */
export function guardSlot(slot: CertificateSlot, run: <T>(work: () => T) => T): CertificateSlot {
  return {
    get topic() {
      const topic: unknown = run(() => slot.topic);
      return typeof topic === 'string' ? topic : undefined;
    },
    check: (upload) => parseSummary(run(() => slot.check(upload))),
    use: (upload) => run(() => slot.use(upload)),
  };
}

function parseSummary(value: unknown): CertificateSummary {
  if (typeof value !== 'object' || value === null) throw new TypeError('the summary of a certificate is an object');
  const { subject, topics, environment, expiresAt } = value as Readonly<Record<string, unknown>>;
  if (typeof subject !== 'string' || typeof environment !== 'string' || !isList(topics) || !isMoment(expiresAt))
    throw new TypeError('the summary of a certificate has subject, topics, environment and expiresAt');
  return { subject, topics, environment, expiresAt };
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isMoment(value: unknown): value is Date {
  return types.isDate(value) && !Number.isNaN(value.getTime());
}
