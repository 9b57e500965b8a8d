import { styleText } from 'node:util';
import { wrap } from './wrap.ts';

/** Tells the demo step by step in 80 columns: colourful on a terminal, plain in a pipe or under NO_COLOR. */
export interface Narrator {
  /** Begins the next step and numbers it. */
  step(title: string): void;
  say(text: string): void;
  /** A fact that was seen, not assumed. */
  seen(label: string, value: string): void;
  /** XML or JSON as it went over the wire, indented. */
  wire(text: string): void;
  /** In one piece, however long, so that a terminal makes a link of it. */
  address(url: string): void;
  /** Two such texts in two columns, each under its title. */
  beside(left: Column, right: Column): void;
  done(text: string): void;
  failed(text: string): void;
}

/** Title and text. */
export type Column = readonly [title: string, text: string];

const columns = 80;
const margin = '     ';
const gap = '   ';
/** Wire text has an indentation of its own. */
const continued = '  ';

type Format = Parameters<typeof styleText>[0];

export function createNarrator(stream: NodeJS.WriteStream = process.stdout): Narrator {
  const style = (format: Format, text: string): string => styleText(format, text, { stream });
  const print = (text: string): void => void stream.write(`${text}\n`);
  const printStyled = (format: Format, lines: readonly string[]): void => print(lines.map((line) => style(format, line)).join('\n'));
  let number = 0;
  return {
    step(title) {
      number += 1;
      print('');
      printStyled(['bold', 'cyan'], hang(title, `${String(number).padStart(2)}. `));
    },
    say: (text) => print(hang(text, margin).join('\n')),
    seen(label, value) {
      const [first = '', ...more] = hang(`${label}: ${value}`, `${margin}✓ `);
      const start = `${margin}✓ ${label}: `;
      // A long label is broken itself; then there is no telling what is value.
      const told = first.startsWith(start) ? `${label}: ${style('bold', first.slice(start.length))}` : first.slice(margin.length + 2);
      print(`${margin}${style('green', '✓')} ${told}`);
      if (more.length > 0) printStyled('bold', more);
    },
    wire: (text) =>
      printStyled(
        'dim',
        text.split('\n').flatMap((line) => hang(line, margin, continued)),
      ),
    address: (url) => printStyled('underline', [url]),
    beside(left, right) {
      const [title = '', ...rows] = layOut(left, right).map((row) => margin + row);
      printStyled('bold', [title]);
      printStyled('dim', rows);
    },
    done(text) {
      print('');
      printStyled(['bold', 'green'], wrap(text, columns));
    },
    failed(text) {
      print('');
      printStyled(
        ['bold', 'red'],
        text.split('\n').flatMap((line) => wrap(line, columns)),
      );
    },
  };
}

/** Lines that fit: the first after `head`, the others as far in and `more`. */
function hang(text: string, head: string, more = ''): string[] {
  const [first = '', ...others] = wrap(text, columns - head.length - more.length);
  const indent = ' '.repeat(head.length) + more;
  return [head + first, ...others.map((line) => indent + line)];
}

function layOut(left: Column, right: Column): string[] {
  const [lefts, rights] = [left, right].map((column) => column.join('\n').split('\n'));
  const width = Math.max(...(lefts ?? []).map(({ length }) => length));
  const rows = Math.max(lefts?.length ?? 0, rights?.length ?? 0);
  return Array.from({ length: rows }, (_, n) => `${(lefts?.[n] ?? '').padEnd(width)}${gap}${rights?.[n] ?? ''}`.trimEnd());
}
