import type { Config } from '../config/config.ts';
import type { OpenRegistryOptions } from '../registry/open.ts';

/** Named one by one: the secrets among them are not enumerable, a spread would lose them. */
export function buildRegistryOptions({ component, database, limits }: Config): OpenRegistryOptions {
  const { url, dataDir, key, previousKey } = database;
  return { url, dataDir, key, previousKey, secret: component.secret, devicesPerOwner: limits.devicesPerOwner };
}

/** The part of `answer-within` in which what is not decided is stored; half of it a provider has for settling. */
export function reserveOf({ delivery }: Config): number {
  return Math.min(2_000, delivery.answerWithinMs / 4);
}
