// Room: the rows of one table out of a dump in SQL, a stream of any size. In: a file or a pipe. Out: rows with their lines. May enter:
// importing.
import { createReadStream } from 'node:fs';
import { SourceUnusable } from '../found.ts';
import { createLexer } from './lexer.ts';
import { createRowParser, type SqlRow } from './rows.ts';
import { TextTrouble } from '../text/trouble.ts';

const chunkBytes = 1 << 16;

/**
 * Yields the rows of `table`. Throws SourceUnusable with file and line where the dump is broken or was cut, and where the table is not in it;
 * rows that were yielded before are good. `path` `-` is standard input.
 */
export async function* readDump(path: string, table: string, extent: { done: number }): AsyncGenerator<SqlRow> {
  const lexer = createLexer();
  const parser = createRowParser(table, lexer);
  try {
    let isFirst = true;
    for await (const bytes of open(path)) {
      const text = isFirst ? dropMark(bytes) : bytes.toString('latin1');
      isFirst = false;
      for (const token of lexer.feed(text)) {
        const row = parser.take(token);
        if (row !== undefined) yield row;
      }
      extent.done += bytes.length;
    }
    for (const token of lexer.end()) {
      const row = parser.take(token);
      if (row !== undefined) yield row;
    }
    if (lexer.isUnfinished) throw new TextTrouble(lexer.line, 'the dump ends within a value: it was cut, make it again');
    parser.end();
  } catch (error) {
    throw explain(error, path, lexer.line);
  }
  if (!parser.isFound) throw new SourceUnusable(`${nameOf(path)}: there is no table ${table} in it`);
}

function open(path: string): AsyncIterable<Buffer> {
  return path === '-' ? process.stdin : createReadStream(path, { highWaterMark: chunkBytes });
}

export function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** The byte order mark of UTF-8 says nothing; UTF-16 is what some shells make of a redirected dump. */
function dropMark(bytes: Buffer): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) || bytes.subarray(0, 64).includes(0))
    throw new TextTrouble(1, 'this is UTF-16, as PowerShell writes with ">": make the dump with --result-file=FILE instead');
  return bytes.subarray(bytes.subarray(0, 3).toString('hex') === 'efbbbf' ? 3 : 0).toString('latin1');
}

function explain(error: unknown, path: string, line: number): unknown {
  if (error instanceof TextTrouble) return new SourceUnusable(`${nameOf(path)}:${error.line}: ${error.message}`, { cause: error });
  if (error instanceof RangeError) return new SourceUnusable(`${nameOf(path)}:${line}: ${error.message}`, { cause: error });
  return error;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a column; undefined for NULL and where there is no such column. Throws a TypeError where it is not UTF-8. */
export function readText(row: SqlRow, column: string): string | undefined {
  const value = row.values.get(column);
  return value === undefined || value === null ? undefined : utf8.decode(Buffer.from(value, 'latin1'));
}
