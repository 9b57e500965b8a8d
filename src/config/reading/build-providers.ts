import { concealKeys, isSecret, originsOf } from '../secrets/conceal.ts';
import type { ProviderConfig } from '../config.ts';
import { freezeDeep } from '../../base/freeze.ts';
import { isTable, type Table } from '../is-table.ts';

/** The providers whose tables pass `isSound`, in the order of the file, their secrets concealed. */
export function buildProviders(tables: unknown, isSound: (id: string) => boolean): ProviderConfig[] {
  if (!isTable(tables)) return [];
  return Object.entries(tables).flatMap(([id, table]) => {
    const use = isTable(table) ? table['use'] : undefined;
    return isTable(table) && typeof use === 'string' && isSound(id) ? [buildProvider(id, use, table)] : [];
  });
}

function buildProvider(id: string, use: string, table: Table): ProviderConfig {
  const entries = Object.entries(table).filter(([key]) => key !== 'use');
  const origins = originsOf(table);
  const hasOrigins = Object.keys(origins).length > 0;
  return freezeDeep({ id, use, options: conceal(Object.fromEntries(entries), table), ...(hasOrigins ? { origins } : {}) });
}

/** Conceals, at any depth, what `original` had concealed and what is a secret by its name or content. */
function conceal(table: Record<string, unknown>, original: Table): Table {
  for (const [key, value] of Object.entries(table)) if (isTable(value)) table[key] = conceal({ ...value }, value);
  return concealKeys(
    table,
    Object.keys(table)
      .filter((key) => isSecret(original, key))
      .map((key) => [key, originsOf(original)[key]] as const),
  );
}
