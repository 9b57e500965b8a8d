import { z } from 'zod';

/**
 * A backup is gzip over lines: a header in JSON, one line for each row (its table, a space, the row in JSON), an end in
 * JSON. Rows are as PostgreSQL itself writes and reads them, so that every value comes back exactly, on any version and
 * any architecture.
 */
export const formatVersion = 1;

/** Every table with content of its own, in the order in which rows can be put back: a push needs its device. */
export const tables = ['devices', 'credentials', 'deferred', 'proofs'] as const;

export type TableName = (typeof tables)[number];

/** How many rows of each table. */
export type RowCounts = Readonly<Record<TableName, number>>;

export interface Header {
  readonly format: 'reveille-backup';
  readonly version: number;
  /** Number of the newest migration that the database had. */
  readonly schema: number;
  readonly takenAt: string;
}

/** Proves that nothing is missing and nothing was changed by accident; who means to deceive could write it anew. */
export interface End {
  readonly rows: RowCounts;
  /** Of all lines before this one, in hexadecimal digits. */
  readonly sha256: string;
}

export type Line = { readonly kind: 'row'; readonly table: TableName; readonly row: string } | { readonly kind: 'end'; readonly end: End };

const count = z.number().int().nonnegative();
const headerSchema = z.object({ format: z.literal('reveille-backup'), version: count, schema: count, takenAt: z.string() });
const endSchema = z.object({
  rows: z.object({ devices: count, credentials: count, deferred: count, proofs: count.default(0) }),
  sha256: z.string(),
});
const rowLine = /^(\w+) (\{.*\})$/s;

/** The file itself is the trouble. The message quotes nothing of its content, which holds tokens. */
export class BackupUnusable extends Error {
  override readonly name = 'BackupUnusable';
}

export function buildDamaged(cause?: unknown): BackupUnusable {
  return new BackupUnusable('the backup is damaged or cut short: take another one', { cause });
}

export function buildCounts(): Record<TableName, number> {
  return { devices: 0, credentials: 0, deferred: 0, proofs: 0 };
}

/** The table stands before the row, so that the row need not be parsed here. */
export function buildRowLine(table: TableName, row: string): string {
  return `${table} ${row}`;
}

/** Throws BackupUnusable where it is no header, or that of a later format. */
export function parseHeader(line: string): Header {
  const { data } = headerSchema.safeParse(parseJson(line));
  if (data === undefined) throw buildForeign();
  if (data.version > formatVersion) throw new BackupUnusable('the backup was made by a newer Reveille: restore it with that version');
  return data;
}

export function buildForeign(cause?: unknown): BackupUnusable {
  return new BackupUnusable('this is no backup made by reveille backup', { cause });
}

/** Throws BackupUnusable where it is neither a row nor the end. */
export function parseLine(line: string): Line {
  const [, name, row] = rowLine.exec(line) ?? [];
  const table = tables.find((one) => one === name);
  if (table !== undefined && row !== undefined) return { kind: 'row', table, row };
  const { data } = endSchema.safeParse(parseJson(line));
  if (data === undefined) throw buildDamaged();
  return { kind: 'end', end: data };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // Refused like any other value that does not fit.
  }
}
