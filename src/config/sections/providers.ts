import { z } from 'zod';
import { nonEmpty } from '../values/plain.ts';

export interface ProviderConfig {
  /** Provider id, the key of its table. */
  readonly id: string;
  /** Built-in name, package name, or path relative to the configuration file. */
  readonly use: string;
  /** The table without `use`, secrets resolved. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Where the values came from that did not stand in the table, in words, by key. */
  readonly origins?: Readonly<Record<string, string>>;
}

const aProvider = 'expected at least one table such as [providers."tigase:messenger:apns:1"]';

export const providersSection = z
  .record(
    z.string().regex(/^[\x21-\x7e]{1,255}$/),
    z.looseObject({
      use: nonEmpty('expected the name of a built-in provider, a package or "./file.js"').meta({
        description: 'Built-in provider, package name, or a file beside this one ("./file.js").',
      }),
    }),
    { error: (issue) => (issue.code === 'invalid_key' ? 'expected a provider id of printable ASCII without spaces' : aProvider) },
  )
  .refine((tables) => Object.keys(tables).length > 0, aProvider)
  .meta({ description: 'One table per provider id that clients register under.' });
