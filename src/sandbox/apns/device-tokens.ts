import { buildRefusal, type Refusal } from './refusal.ts';

/** What the sandbox knows about device tokens. One it knows nothing about is alive. Case does not matter. */
export interface DeviceTokens {
  /** The token is dead since then: 410 Unregistered. */
  expire(token: string, since?: Date): void;
  /** The token was never one of this service: BadDeviceToken. */
  markBad(token: string): void;
  /** The token belongs to this topic: DeviceTokenNotForTopic for every other. */
  markForTopic(token: string, topic: string): void;
  /** Nothing is known about the token any more. */
  revive(token: string): void;
  check(token: string, topic: string): Refusal | undefined;
}

export function createDeviceTokens(): DeviceTokens {
  const marks = new Map<string, (topic: string) => Refusal | undefined>();
  const mark = (token: string, check: (topic: string) => Refusal | undefined) => void marks.set(token.toLowerCase(), check);
  return {
    expire: (token, since = new Date()) => mark(token, () => buildRefusal('Unregistered', since)),
    markBad: (token) => mark(token, () => buildRefusal('BadDeviceToken')),
    markForTopic: (token, topic) => mark(token, (asked) => (asked === topic ? undefined : buildRefusal('DeviceTokenNotForTopic'))),
    revive: (token) => void marks.delete(token.toLowerCase()),
    check: (token, topic) => marks.get(token.toLowerCase())?.(topic),
  };
}
