export { createRandom } from '../../helpers/mulberry32.ts';

/** What a reader takes for one character, in all its lengths, and what JSON writes longer than it is. */
const characters = [
  ...['x', ' ', 'é', 'e\u0301', 'ß', '漢', 'ש', '\u{1F600}', '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}', '👍🏽'],
  ...[
    '\u{1F1E9}\u{1F1EA}',
    '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}',
    'क्षि',
    'a\u0300\u0301\u0302\u0303',
    '"',
    '\\',
    '\n',
    '\t',
  ],
];

/** Up to so many characters. */
export function randomText(random: () => number, most: number): string {
  const length = Math.floor(random() * (most + 1));
  // Texts of one script are more usual than a colourful mixture, and longer in bytes.
  const palette = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(random, characters));
  return Array.from({ length }, () => pick(random, palette)).join('');
}

export function pick<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}
