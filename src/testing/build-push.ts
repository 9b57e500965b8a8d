import { randomBytes, randomUUID } from 'node:crypto';
import { emptyNotification, type Notification, type Push } from '../index.ts';

const lifeMs = 600_000;

/** 64 random hexadecimal digits. */
export function buildToken(): string {
  return randomBytes(32).toString('hex');
}

/** A push that no other resembles; a message that just says "1 unread" where no notification is given. */
export function buildPush(notification: Partial<Notification> = { messageCount: 1 }, overrides: Partial<Push> = {}): Push {
  return {
    id: randomUUID(),
    account: `account-${buildMark()}@example.org`,
    token: buildToken(),
    secondToken: undefined,
    registeredAt: new Date(),
    remembered: undefined,
    expiresAt: new Date(Date.now() + lifeMs),
    notification: { ...emptyNotification, ...notification },
    ...overrides,
  };
}

/** Something to be recognised by. */
export function buildMark(): string {
  return randomBytes(6).toString('hex');
}
