import { createHash } from 'node:crypto';
import { readLines } from './file.ts';
import {
  buildCounts,
  buildDamaged,
  buildForeign,
  type End,
  type Header,
  parseHeader,
  parseLine,
  type TableName,
  tables,
} from './format.ts';

const batchRows = 1_000;
const batchCharacters = 4 * 1024 * 1024;

/** Rows of one table, each in JSON. */
export interface Batch {
  readonly table: TableName;
  readonly rows: readonly string[];
}

interface Reading {
  readonly table: TableName;
  readonly row: string;
}

/** A backup that is being read. */
export interface BackupReader {
  readonly header: Header;
  /**
   * All rows, once. Throws BackupUnusable, at the latest at its end, where they are not exactly those that were written:
   * what came until then is not to be kept.
   */
  readonly batches: AsyncIterable<Batch>;
  /** Called by whoever opened it, also where not everything was read. */
  close(): Promise<void>;
}

/** Rejects with BackupUnusable where the file is no backup. */
export async function openBackup(path: string): Promise<BackupReader> {
  const lines = readLines(path);
  const close = async (): Promise<void> => {
    await lines.return(undefined);
  };
  try {
    const first = await lines.next();
    if (first.done === true) throw buildForeign();
    const header = parseHeader(first.value);
    return { header, batches: collect(readRows(first.value, lines)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function* readRows(headerLine: string, lines: AsyncGenerator<string>): AsyncGenerator<Reading> {
  const hash = createHash('sha256').update(`${headerLine}\n`);
  const counts = buildCounts();
  let end: End | undefined;
  for await (const line of lines) {
    if (end !== undefined) throw buildDamaged();
    const parsed = parseLine(line);
    if (parsed.kind === 'end') {
      end = parsed.end;
      continue;
    }
    hash.update(`${line}\n`);
    counts[parsed.table] += 1;
    yield parsed;
  }
  const written = end?.rows;
  const isWhole = written !== undefined && tables.every((table) => written[table] === counts[table]) && end?.sha256 === hash.digest('hex');
  if (!isWhole) throw buildDamaged();
}

async function* collect(readings: AsyncGenerator<Reading>): AsyncGenerator<Batch> {
  let rows: string[] = [];
  let table: TableName = 'devices';
  let characters = 0;
  for await (const reading of readings) {
    const isFull = rows.length >= batchRows || characters >= batchCharacters;
    if (rows.length > 0 && (isFull || reading.table !== table)) {
      yield { table, rows };
      rows = [];
      characters = 0;
    }
    table = reading.table;
    rows.push(reading.row);
    characters += reading.row.length;
  }
  if (rows.length > 0) yield { table, rows };
}
