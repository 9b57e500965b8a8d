import { styleText } from 'node:util';

/** Tells the demo step by step: colourful on a terminal, plain in a pipe or under NO_COLOR. */
export interface Narrator {
  /** Begins the next step and numbers it. */
  step(title: string): void;
  say(text: string): void;
  /** A fact that was seen, not assumed. */
  seen(label: string, value: string): void;
  /** XML or JSON as it went over the wire, indented. */
  wire(text: string): void;
  /** Two such texts in two columns, each under its title. */
  beside(left: Column, right: Column): void;
  done(text: string): void;
  failed(text: string): void;
}

/** Title and text. */
export type Column = readonly [title: string, text: string];

const gap = '   ';

type Format = Parameters<typeof styleText>[0];

export function createNarrator(stream: NodeJS.WriteStream = process.stdout): Narrator {
  const style = (format: Format, text: string): string => styleText(format, text, { stream });
  const print = (text: string): void => void stream.write(`${text}\n`);
  const indent = (text: string): string => text.replaceAll(/^/gm, '     ');
  let number = 0;
  return {
    step(title) {
      number += 1;
      print(`\n${style(['bold', 'cyan'], `${String(number).padStart(2)}. ${title}`)}`);
    },
    say: (text) => print(indent(text)),
    seen: (label, value) => print(indent(`${style('green', '✓')} ${label}: ${style('bold', value)}`)),
    wire: (text) => print(style('dim', indent(text))),
    beside(left, right) {
      const [title = '', ...rows] = layOut(left, right);
      print(indent(style('bold', title)));
      print(style('dim', indent(rows.join('\n'))));
    },
    done: (text) => print(`\n${style(['bold', 'green'], text)}`),
    failed: (text) => print(`\n${style(['bold', 'red'], text)}`),
  };
}

function layOut(left: Column, right: Column): string[] {
  const [lefts, rights] = [left, right].map((column) => column.join('\n').split('\n'));
  const width = Math.max(...(lefts ?? []).map(({ length }) => length));
  const rows = Math.max(lefts?.length ?? 0, rights?.length ?? 0);
  return Array.from({ length: rows }, (_, n) => `${(lefts?.[n] ?? '').padEnd(width)}${gap}${rights?.[n] ?? ''}`.trimEnd());
}
