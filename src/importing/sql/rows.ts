import { isMark, type Lexer, type Token } from './lexer.ts';
import { createRowReader, readCopied } from './row-reader.ts';
import { TextTrouble } from '../text/trouble.ts';

/** One row of the wanted table: values by column, lower case; null is SQL's. */
export interface SqlRow {
  readonly line: number;
  readonly values: ReadonlyMap<string, string | null>;
}

export interface RowParser {
  /** Takes the next piece; returns a row where one ends with it. */
  take(token: Token): SqlRow | undefined;
  /** Throws TextTrouble where the dump was cut. */
  end(): void;
  /** Whether the wanted table was met at all. */
  readonly isFound: boolean;
}

type State = 'statement' | 'skip' | 'create' | 'insert' | 'columns' | 'values' | 'row' | 'copy';

const keys = new Set(['primary', 'key', 'unique', 'index', 'constraint', 'foreign', 'check', 'fulltext', 'spatial', 'period']);

/** Reads the rows of one table out of the pieces of a dump: INSERT, REPLACE and COPY, with CREATE TABLE for the order of columns. */
export function createRowParser(table: string, lexer: Pick<Lexer, 'copy'>): RowParser {
  let state: State = 'statement';
  let words: string[] = [];
  let depth = 0;
  let mayName = false;
  let declared: string[] | undefined;
  let columns: string[] = [];
  let reader = createRowReader();
  let rowLine = 0;
  let isFound = false;
  let dump: 'none' | 'begun' | 'complete' = 'none';
  let line = 1;

  function take(token: Token): SqlRow | undefined {
    line = token.line;
    if (token.kind === 'comment') {
      if (/^-- (?:MySQL|MariaDB) dump |^-- PostgreSQL database dump$/.test(token.text)) dump = 'begun';
      if (/^-- Dump completed|^-- PostgreSQL database dump complete$/.test(token.text)) dump = 'complete';
      return undefined;
    }
    if (token.kind === 'copied') return takeCopied(token);
    if (state === 'copy') state = 'statement';
    switch (state) {
      case 'statement':
        begin(token);
        break;
      case 'skip':
        if (isMark(token, ';')) restart();
        break;
      case 'create':
        takeCreate(token);
        break;
      case 'insert':
        takeInsert(token);
        break;
      case 'columns':
        takeColumn(token);
        break;
      case 'values':
        takeBetween(token);
        break;
      case 'row':
        return takeValue(token);
      default:
        state satisfies never;
    }
    return undefined;
  }

  function restart(): void {
    state = 'statement';
    words = [];
    depth = 0;
  }

  /** The words before the first mark say what statement it is. */
  function begin(token: Token): void {
    if (isMark(token, ';')) return restart();
    if (token.kind === 'word' || token.kind === 'name') {
      // `db`.`table` comes as name, word ".", name.
      if (words.length < 12) words.push(token.kind === 'word' ? token.text.toLowerCase() : `\`${token.text.toLowerCase()}`);
      const [verb] = words;
      if (verb !== 'create' && verb !== 'insert' && verb !== 'replace' && verb !== 'copy') state = 'skip';
      if ((verb === 'insert' || verb === 'replace') && /^values?$/.test(words.at(-1) ?? '')) {
        if (readTable(words.slice(0, -1)) === table) beginValues(token, undefined);
        else state = 'skip';
      }
      return;
    }
    if (!isMark(token, '(') || readTable(words) !== table || (words[0] === 'create' && !words.includes('table'))) {
      state = 'skip';
      return;
    }
    isFound = true;
    columns = [];
    depth = 1;
    mayName = true;
    state = words[0] === 'create' ? 'create' : 'columns';
    if (state === 'create') declared = [];
  }

  function takeCreate(token: Token): void {
    if (isMark(token, '(')) depth += 1;
    if (isMark(token, ')')) depth -= 1;
    if (depth === 0) return void (state = 'skip');
    if (depth === 1 && mayName && (token.kind === 'name' || (token.kind === 'word' && !keys.has(token.text.toLowerCase()))))
      declared?.push(token.text.toLowerCase());
    mayName = depth === 1 && isMark(token, ',');
  }

  function takeColumn(token: Token): void {
    if (isMark(token, ')')) state = 'insert';
    else if (token.kind === 'word' || token.kind === 'name') columns.push(token.text.toLowerCase());
  }

  /** Behind the list of columns. */
  function takeInsert(token: Token): void {
    const word = token.kind === 'word' ? token.text.toLowerCase() : '';
    if (words[0] === 'copy') {
      if (!isMark(token, ';')) return;
      restart();
      state = 'copy';
      lexer.copy();
      return;
    }
    if (word === 'values' || word === 'value') beginValues(token, columns);
    else if (isMark(token, ';')) restart();
  }

  function beginValues(token: Token, named: string[] | undefined): void {
    isFound = true;
    if (named === undefined && declared === undefined)
      throw new TextTrouble(
        token.line,
        `INSERT INTO ${table} without column names, and no CREATE TABLE before it: make the dump with --complete-insert`,
      );
    columns = named ?? declared ?? [];
    state = 'values';
  }

  function takeBetween(token: Token): void {
    if (isMark(token, ';')) return restart();
    if (isMark(token, ',')) return;
    if (!isMark(token, '(')) {
      // ON DUPLICATE KEY UPDATE …
      if (token.kind === 'word' && token.text.toLowerCase() === 'on') return void (state = 'skip');
      throw new TextTrouble(token.line, 'expected a row in parentheses');
    }
    reader = createRowReader();
    rowLine = token.line;
    state = 'row';
  }

  function takeValue(token: Token): SqlRow | undefined {
    if (!reader.take(token)) return undefined;
    state = 'values';
    return buildRow(rowLine, reader.values);
  }

  function takeCopied({ text, line: at }: Token): SqlRow {
    return buildRow(at, readCopied(text));
  }

  function buildRow(at: number, values: readonly (string | null)[]): SqlRow {
    if (values.length !== columns.length)
      throw new TextTrouble(at, `a row of ${values.length} values where the table ${table} has ${columns.length} columns`);
    return { line: at, values: new Map(columns.map((column, index) => [column, values[index] ?? null])) };
  }

  return {
    take,
    end: () => {
      if (state !== 'statement' || words.length > 0) {
        if (state !== 'copy') throw new TextTrouble(line, 'the dump ends within a statement: it was cut, make it again');
      }
      if (dump === 'begun') throw new TextTrouble(line, 'the line that ends a complete dump is missing: it was cut, make it again');
    },
    get isFound() {
      return isFound;
    },
  };
}

/** Of `insert into db.table`, `create table if not exists table`, `copy public.table`: the last word, without its database. */
function readTable(words: readonly string[]): string {
  const last = words.findLast((word) => word !== '.') ?? '';
  return last.replace(/^`/, '').replace(/^.*\./, '');
}
