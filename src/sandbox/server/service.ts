import type { Journal } from './journal.ts';
import type { Scope } from './plans.ts';
import type { Habit } from './stream-limit.ts';

/** What every push service on this machine can do, whatever it is one of: `Push` is what it accepts, `Told` how it misbehaves. */
export interface SandboxService<Push, Told> extends Pick<Journal<Push>, 'waitFor'> {
  /** `https://localhost:<port>`, for the provider's endpoint, or with which endpoints begin. */
  readonly origin: string;
  /** Accepted pushes, oldest first. */
  readonly pushes: readonly Push[];
  /** Connections open right now, and so far. */
  readonly connections: { readonly open: number; readonly total: number };
  /** Does this to pushes that are in order, from the next one on. */
  misbehave(told: Told, scope?: Scope): void;
  /** Takes on a habit, on every connection. */
  adopt(habit: Habit): void;
  /** Behaves well again. */
  behave(): void;
  /** Ends every connection. Called by whoever created it. */
  close(): Promise<void>;
}
