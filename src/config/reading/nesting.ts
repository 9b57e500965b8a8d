import { isTable } from '../is-table.ts';

/** Whether a value of TOML has more than so many tables and lists, empty ones not counted, one inside the other. Takes no stack. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  let layer: readonly unknown[] = [value];
  for (let level = 0; level <= levels && layer.length > 0; level += 1) layer = layer.flatMap(contentOf);
  return layer.length > 0;
}

function contentOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isTable(value) ? Object.values(value) : [];
}
