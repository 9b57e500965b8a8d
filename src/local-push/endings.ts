import type { Ending } from './messages.ts';

/** docs/local-push-protocol.md, section 6, says what an app does at each. */
export const endings = {
  notProtocol: { code: 4400, reason: 'that was not the protocol' },
  refused: { code: 4401, reason: 'the registration is gone, or the proof is wrong' },
  silent: { code: 4408, reason: 'nothing was heard for too long' },
  unproven: { code: 4408, reason: 'no proof came in time' },
  replaced: { code: 4409, reason: 'a newer connection of this device took over' },
  tooMany: { code: 4429, reason: 'too many messages', afterMs: 60_000 },
  later: { code: 1013, reason: 'the registration cannot be looked up right now', afterMs: 5_000 },
} as const satisfies Readonly<Record<string, Ending>>;

/** So many connections a second another instance, or the next start, takes easily. */
const comeBackPerSecond = 500;
const soonestMs = 1_000;
const shortestSpreadMs = 4_000;

/** For one of so many connections of an instance that stops: not all of them may come back at once. */
export function buildStopping(connections: number, random = Math.random): Ending {
  const spreadMs = Math.max(shortestSpreadMs, (connections / comeBackPerSecond) * 1000);
  return { code: 1012, reason: 'the server is stopping', afterMs: Math.round(soonestMs + random() * spreadMs) };
}
