import { types } from 'node:util';
import type { ProviderStatus } from './provider.ts';
import { shorten } from './redact.ts';

/** Takes what a provider says of itself; throws an Error where that is not a status. */
export function parseStatus(value: unknown): ProviderStatus {
  if (typeof value !== 'object' || value === null) throw new Error('a status is an object');
  const { ready, reason, credentialExpiresAt, sessions } = value as Readonly<Record<string, unknown>>;
  if (typeof ready !== 'boolean') throw new Error('ready of a status is true or false');
  if (reason !== undefined && typeof reason !== 'string') throw new Error('reason of a status is a text');
  if (credentialExpiresAt !== undefined && !isMoment(credentialExpiresAt)) throw new Error('credentialExpiresAt of a status is a Date');
  if (sessions !== undefined && !isCount(sessions)) throw new Error('sessions of a status is a number');
  return {
    ready,
    ...(reason === undefined ? {} : { reason: shorten(reason) }),
    ...(credentialExpiresAt === undefined ? {} : { credentialExpiresAt }),
    ...(sessions === undefined ? {} : { sessions }),
  };
}

function isMoment(value: unknown): value is Date {
  return types.isDate(value) && !Number.isNaN(value.getTime());
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
