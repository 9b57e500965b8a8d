import { isMark, type Token } from './lexer.ts';
import { TextTrouble } from '../text/trouble.ts';

export type SqlValue = string | null;

/** One row in parentheses, from behind the first of them. */
export interface RowReader {
  /** True with the piece that ends the row. Throws TextTrouble where it is none. */
  take(token: Token): boolean;
  readonly values: readonly SqlValue[];
}

/** `_binary 'text'`, `N'text'`: a word that says what the text after it is. */
const introducer = /^(?:_\w+|[xne])$/i;

export function createRowReader(): RowReader {
  const values: SqlValue[] = [];
  let value: SqlValue | undefined;
  let introduced: string | undefined;

  function take(token: Token): boolean {
    if (isMark(token, ',') || isMark(token, ')')) {
      if (value === undefined) throw new TextTrouble(token.line, 'a value is missing');
      values.push(value);
      value = undefined;
      introduced = undefined;
      return token.text === ')';
    }
    if (value !== undefined) throw new TextTrouble(token.line, 'expected a comma or the end of the row: is a quote missing?');
    if (token.kind === 'string') value = introduced?.toLowerCase() === 'x' ? fromHex(token.text) : token.text;
    else if (token.kind !== 'word' || introduced !== undefined) throw new TextTrouble(token.line, 'expected a value');
    else if (introducer.test(token.text)) introduced = token.text;
    else value = readWord(token.text);
    return false;
  }

  return { take, values };
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** A line of PostgreSQL's COPY: https://www.postgresql.org/docs/current/sql-copy.html. */
export function readCopied(line: string): readonly SqlValue[] {
  return line
    .split('\t')
    .map((text) => (text === '\\N' ? null : text.replace(/\\(.)/g, (_, escaped: string) => escapes[escaped] ?? escaped)));
}

function readWord(word: string): SqlValue {
  if (/^null$/i.test(word)) return null;
  return /^0x(?:[0-9a-f]{2})+$/i.test(word) ? fromHex(word.slice(2)) : word;
}

function fromHex(text: string): string {
  return Buffer.from(text, 'hex').toString('latin1');
}
