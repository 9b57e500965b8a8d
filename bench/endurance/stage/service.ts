import type { WireMisbehaviour } from '../../../src/sandbox/server/misbehaviour.ts';

/** How a service is away: it says so, it says nothing, or nothing listens. */
export const manners = ['503', 'silent', 'refused'] as const;
export type Manner = (typeof manners)[number];

/** A push service for the run. */
export interface Service {
  /** The provider id that devices register under. */
  readonly provider: string;
  /** The provider's table in the configuration. */
  readonly table: string;
  buildToken(): string;
  /** The token is dead from now on. */
  end(token: string): void;
  misbehave(told: WireMisbehaviour): void;
  /** Takes nothing from now on. */
  leave(manner: Manner): void | Promise<void>;
  comeBack(): void | Promise<void>;
  close(): Promise<void>;
}
