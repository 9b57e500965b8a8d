import type { TestContext } from 'node:test';
import type { Outcome, ProviderExports } from '../index.ts';
import type { CaseName } from './cases.ts';
import type { LogLine } from './log-line.ts';

/** Why something can't be shown: `'none: this service never says that a token is dead'`. Its tests are skipped with these words. */
export type Reason = `none: ${string}`;

/**
 * Makes the service treat every later push to this token so; every push to any token, where it can't tell them apart.
 * Called before the push, more than once for a push with two tokens.
 */
export type Arrange = (token: string) => void | Promise<void>;

export type Situation = Arrange | Reason;

/** How the service may treat a push: four are named by the outcome they lead to, by the fifth it never answers. */
export interface Situations {
  readonly accepted: Arrange;
  readonly gone: Situation;
  readonly rejected: Situation;
  readonly retry: Situation;
  readonly silent: Situation;
}

export type SituationName = Outcome['kind'] | 'silent';

/** A push service on this machine, and the options by which a provider reaches it. */
export interface Scene {
  /** The provider's table, with secrets in place. Nothing but what TOML can say. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Where relative paths of the options lead; the working directory where absent. */
  readonly folder?: string;
  /** What must never show: keys, passwords, whatever else the options lead to that is secret. Tokens and texts of pushes are known. */
  readonly secrets: readonly string[];
  readonly situations: Situations;
  /** How many pushes the service has got so far, answered or not. */
  received(): number;
  /** The tokens of those pushes, where the service can tell. */
  tokens?(): readonly string[];
  /** True where a situation concerns its token only. */
  readonly tellsTokensApart?: boolean;
}

/**
 * A name, what to change in the scene's options (undefined takes the key away), and what the administrator must read: every
 * expression has to match the message, or one of the messages of an AggregateError.
 */
export type BadOptions = readonly [name: string, changes: Readonly<Record<string, unknown>>, expected: RegExp | readonly RegExp[]];

export interface ProviderUnderTest {
  /** Begins the name of every test. */
  readonly name: string;
  /** The module as Reveille imports it: `import * as provider from './index.js'`. */
  readonly provider: ProviderExports;
  /**
   * Called once for each test; what it opens it closes by `context.after`, which runs when the provider is closed. `logged`
   * grows with what the provider writes.
   */
  openScene(context: TestContext, logged: readonly LogLine[]): Scene | Promise<Scene>;
  readonly badOptions?: readonly BadOptions[];
  /** A token such as the service gives to devices. 64 random hexadecimal digits where absent. */
  buildToken?(): string;
  /** An address such as apps of the service name themselves (Push 2.0), where the provider has `readAddress`. */
  buildAddress?(): string;
  /** Notifications that the provider is right not to deliver; they need a proper outcome, of any kind. */
  readonly undelivered?: Readonly<Partial<Record<CaseName, Reason>>>;
  /** How long anything may take before it counts as never; 20 seconds where absent. */
  readonly limitMs?: number;
}
