import { z } from 'zod';
import { readBuiltInOptions } from '../../scripts/schema.ts';
import { knownKeys } from '../../src/config/mistakes/unknown-keys.ts';
import { configSchema } from '../../src/config/schema.ts';

/** Every key of the configuration as `table.key`; those of built-in providers as `use=apns.key`, and `providers.use`. */
export async function listKeys(): Promise<string[]> {
  const tables = Object.keys(configSchema.shape).filter((table) => table !== 'providers');
  const core = tables.flatMap((table) => knownKeys(configSchema, [table]).map((key) => `${table}.${key}`));
  const builtIn = [...(await readBuiltInOptions())].flatMap(([name, options]) => listOptions(name, options));
  return [...core, 'providers.use', ...builtIn];
}

function listOptions(name: string, options: z.ZodObject): string[] {
  return Object.keys(options.shape).map((key) => `use=${name}.${key}`);
}
