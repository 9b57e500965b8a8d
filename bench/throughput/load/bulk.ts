const digits = 28;

/** The node of the nth device that the bench put into the database itself. */
export function buildBulkNode(n: number): string {
  return `bulk${String(n).padStart(digits, '0')}`;
}

/** The same in SQL, of the integer expression `n`. */
export function bulkNodeSql(n: string): string {
  return `'bulk' || lpad((${n})::text, ${digits}, '0')`;
}
