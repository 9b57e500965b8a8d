import { randomBytes } from 'node:crypto';
import type { ServiceAccount } from './service-accounts.ts';

/** An access token as the services see it. */
export interface Grant {
  /** Counted from 1. */
  readonly number: number;
  readonly account: ServiceAccount;
  readonly isExpired: boolean;
}

/** The access tokens that were issued. */
export interface AccessTokens {
  /** A new one, with its number and its seconds of life. */
  issue(account: ServiceAccount): { readonly token: string; readonly number: number; readonly expiresIn: number };
  find(token: string): Grant | undefined;
  expire(number: number): void;
  expireAll(): void;
}

/** In memory, for as long as the sandbox lives. */
export function createAccessTokens(lifeSeconds: number, clock: () => number): AccessTokens {
  const issued = new Map<string, { readonly number: number; readonly account: ServiceAccount; expiresAtMs: number }>();
  const expire = (isMeant: (number: number) => boolean) => {
    for (const token of issued.values()) if (isMeant(token.number)) token.expiresAtMs = -Infinity;
  };
  return {
    issue(account) {
      const token = `ya29.c.${randomBytes(96).toString('base64url')}`;
      const number = issued.size + 1;
      issued.set(token, { number, account, expiresAtMs: clock() + lifeSeconds * 1000 });
      return { token, number, expiresIn: lifeSeconds };
    },
    find(token) {
      const found = issued.get(token);
      return found && { number: found.number, account: found.account, isExpired: clock() >= found.expiresAtMs };
    },
    expire: (number) => expire((one) => one === number),
    expireAll: () => expire(() => true),
  };
}
