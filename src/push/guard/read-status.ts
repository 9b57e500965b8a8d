import { types } from 'node:util';
import type { ProviderStatus } from '../provider/provider.ts';
import { shorten } from '../tokens/redact.ts';

const mostReasons = 20;

/** Takes what a provider says of itself; throws an Error where that is not a status. */
export function parseStatus(value: unknown): ProviderStatus {
  if (typeof value !== 'object' || value === null) throw new Error('a status is an object');
  const { ready, reason, credentialExpiresAt, topics, environment, sessions, goaways } = value as Readonly<Record<string, unknown>>;
  if (typeof ready !== 'boolean') throw new Error('ready of a status is true or false');
  if (reason !== undefined && typeof reason !== 'string') throw new Error('reason of a status is a text');
  if (credentialExpiresAt !== undefined && !isMoment(credentialExpiresAt)) throw new Error('credentialExpiresAt of a status is a Date');
  if (topics !== undefined && !isList(topics)) throw new Error('topics of a status is a list of texts');
  if (environment !== undefined && typeof environment !== 'string') throw new Error('environment of a status is a text');
  if (sessions !== undefined && !isCount(sessions)) throw new Error('sessions of a status is a number');
  return {
    ready,
    ...(reason === undefined ? {} : { reason: shorten(reason) }),
    ...(credentialExpiresAt === undefined ? {} : { credentialExpiresAt }),
    ...(topics === undefined ? {} : { topics: topics.map(shorten) }),
    ...(environment === undefined ? {} : { environment: shorten(environment) }),
    ...(sessions === undefined ? {} : { sessions }),
    ...(goaways === undefined ? {} : { goaways: readGoaways(goaways) }),
  };
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** The reasons become labels of metrics: few and short, whatever a third party makes of them. */
function readGoaways(value: unknown): ReadonlyMap<string, number> {
  if (!(value instanceof Map)) throw new Error('goaways of a status is a Map');
  const entries = [...(value as ReadonlyMap<unknown, unknown>)].slice(0, mostReasons);
  if (!entries.every(([, count]) => isCount(count))) throw new Error('goaways of a status has numbers');
  return new Map(entries.map(([reason, count]) => [shorten(String(reason)), count as number]));
}

function isMoment(value: unknown): value is Date {
  return types.isDate(value) && !Number.isNaN(value.getTime());
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
