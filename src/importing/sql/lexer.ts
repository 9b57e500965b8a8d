/** A piece of SQL. `text` of a string is its content, byte by byte (latin1): columns may hold anything. */
export interface Token {
  readonly kind: 'word' | 'string' | 'name' | 'mark' | 'copied' | 'comment';
  readonly text: string;
  readonly line: number;
}

export interface Lexer {
  /** The pieces that are complete with this chunk; it is latin1, one character a byte. */
  feed(chunk: string): Generator<Token>;
  /** The last pieces. */
  end(): Generator<Token>;
  /** From the next line on each line is one piece, until the line `\.`: PostgreSQL's COPY. */
  copy(): void;
  readonly line: number;
  /** After `end`: whether the text ended within a piece. */
  readonly isUnfinished: boolean;
}

export function isMark(token: Token, mark: string): boolean {
  return token.kind === 'mark' && token.text === mark;
}

/** Nothing that is imported comes near it; beyond it a quote is missing. */
const longestPiece = 1 << 20;
const incomplete = -1;

/** Splits SQL as mysqldump, mariadb-dump and pg_dump write it. */
export function createLexer(): Lexer {
  let rest = '';
  let line = 1;
  let copying: 'no' | 'next' | 'now' = 'no';

  function* take(isLast: boolean): Generator<Token> {
    let at = 0;
    while (at < rest.length) {
      const end = copying === 'no' ? findEnd(rest, at, isLast) : findLineEnd(rest, at, isLast);
      if (end === incomplete) break;
      const text = rest.slice(at, end);
      const startLine = line;
      line += countLines(text);
      at = end;
      const token = copying === 'no' ? toToken(text, startLine) : toCopied(text, startLine);
      if (token !== undefined) yield token;
    }
    rest = rest.slice(at);
    if (rest.length > longestPiece) throw new RangeError(`a value of more than ${longestPiece} bytes, or a quote that is never closed`);
  }

  function toCopied(text: string, at: number): Token | undefined {
    const content = text.replace(/\r?\n$/, '');
    if (content === '\\.') copying = 'no';
    else if (copying === 'next') copying = 'now';
    else return { kind: 'copied', text: content, line: at };
    return undefined;
  }

  return {
    feed: (chunk) => {
      rest += chunk;
      return take(false);
    },
    end: () => take(true),
    copy: () => void (copying = 'next'),
    get line() {
      return line;
    },
    get isUnfinished() {
      return copying !== 'no' || rest !== '';
    },
  };
}

/** Where the piece that begins at `at` ends; a piece that touches the end of the text may go on in the next chunk. */
function findEnd(text: string, at: number, isLast: boolean): number {
  const first = text.charAt(at);
  if (first === "'" || first === '"' || first === '`') return findQuote(text, at, first, isLast);
  if (first === '/' && text.startsWith('/*', at)) return endOf(text.indexOf('*/', at + 2), 2);
  const startsComment = first === '#' || (first === '-' && text.startsWith('--', at));
  if (startsComment) return findLineEnd(text, at, isLast);
  const end = isWord(first) ? skip(text, at, isWord) : isSpace(first) ? skip(text, at, isSpace) : at + 1;
  const mayGoOn = end >= text.length && !isLast;
  return mayGoOn ? incomplete : end;
}

function findQuote(text: string, at: number, quote: string, isLast: boolean): number {
  for (let next = at + 1; next < text.length; next += 1) {
    const character = text.charAt(next);
    // https://dev.mysql.com/doc/refman/8.0/en/string-literals.html; a name in backquotes has no such escapes.
    if (character === '\\' && quote !== '`') next += 1;
    else if (character === quote) {
      if (text.charAt(next + 1) === quote) next += 1;
      else return next + 1 < text.length || isLast ? next + 1 : incomplete;
    }
  }
  return incomplete;
}

function findLineEnd(text: string, at: number, isLast: boolean): number {
  const end = endOf(text.indexOf('\n', at), 1);
  return end === incomplete && isLast ? text.length : end;
}

function endOf(found: number, length: number): number {
  return found < 0 ? incomplete : found + length;
}

function skip(text: string, from: number, belongs: (character: string) => boolean): number {
  let at = from;
  while (at < text.length && belongs(text.charAt(at))) at += 1;
  return at;
}

function isSpace(character: string): boolean {
  return character <= ' ';
}

const marks = new Set(['(', ')', ',', ';', '=', "'", '"', '`', '/', '*', '<', '>', '!', '#']);

function isWord(character: string): boolean {
  return character > ' ' && !marks.has(character);
}

function toToken(text: string, line: number): Token | undefined {
  const first = text.charAt(0);
  if (isSpace(first) || text.startsWith('/*') || first === '#') return undefined;
  if (text.startsWith('--')) return { kind: 'comment', text: text.trim(), line };
  if (first === "'") return { kind: 'string', text: unquote(text, first), line };
  if (first === '"' || first === '`') return { kind: 'name', text: unquote(text, first), line };
  return { kind: isWord(first) ? 'word' : 'mark', text, line };
}

const escapes: Readonly<Record<string, string>> = { 0: '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\u001a', '%': '\\%', _: '\\_' };

function unquote(quoted: string, quote: string): string {
  const text = quoted.slice(1, -1);
  if (quote === '`') return text.replaceAll('``', '`');
  if (!text.includes('\\') && !text.includes(quote)) return text;
  return text.replace(/\\([^])|''|""/g, (all: string, escaped: string | undefined) => {
    if (escaped !== undefined) return escapes[escaped] ?? escaped;
    return all.startsWith(quote) ? quote : all;
  });
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
