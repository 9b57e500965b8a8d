export type Table = Readonly<Record<string, unknown>>;

/** True for what TOML calls a table; lists and dates are none. */
export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
