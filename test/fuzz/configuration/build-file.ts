import { damage } from '../damage.ts';
import type { ConfigurationInput, Line } from './inputs.ts';
import { example, isSecretKey, smallest } from './keys.ts';
import { secretValues } from './values.ts';

const longestBytes = 1_000_000;

/** The bytes of the file that an input stands for. */
export function buildFile(input: ConfigurationInput): Buffer {
  if (input.bytes !== undefined) return Buffer.from(input.bytes, 'base64');
  const base = { example, smallest, nothing: '' }[input.base];
  const text = [input.lines.reduce(addLine, base), buildMany(input.many), buildDeep(input.deep)].join('\n');
  return damage(dress(text, input.dress), input.damages).subarray(0, longestBytes);
}

function addLine(text: string, line: Line, index: number): string {
  const { table, key } = line;
  const value =
    line.value === 'SECRET'
      ? isSecretKey(key)
        ? secretValues[(index + key.length + text.length) % secretValues.length]
        : '"x"'
      : line.value;
  const header = `[${table}]\n`;
  const assignment = `${key} = ${value}\n`;
  if (!text.includes(header)) return `${text}\n${header}${assignment}`;
  const start = text.indexOf(header) + header.length;
  const end = text.indexOf('\n[', start);
  const body = text.slice(start, end < 0 ? undefined : end);
  const kept = body
    .split('\n')
    .filter((other) => !other.startsWith(`${key} = `))
    .join('\n');
  return `${text.slice(0, start)}${assignment}${kept}${end < 0 ? '' : text.slice(end)}`;
}

function buildMany(count = 0): string {
  return Array.from({ length: count }, (_, index) => `key-${index} = ${index}`).join('\n');
}

function buildDeep(deep: ConfigurationInput['deep']): string {
  if (deep === undefined) return '';
  const { kind, levels } = deep;
  switch (kind) {
    case 'list':
      return `deep = ${'['.repeat(levels)}${']'.repeat(levels)}`;
    case 'table':
      return `deep = ${'{ a = '.repeat(levels)}1${' }'.repeat(levels)}`;
    case 'dotted':
      return `deep${'.a'.repeat(levels)} = 1`;
    case 'header':
      return `[providers.plain${'.a'.repeat(levels)}]\nb = 1`;
    case 'list-of-tables':
      return `[[deep]]\nx = 1\n`.repeat(levels);
    default:
      return kind satisfies never;
  }
}

function dress(text: string, kind: ConfigurationInput['dress']): Buffer {
  switch (kind) {
    case 'plain':
      return Buffer.from(text);
    case 'bom':
      return Buffer.from(`\ufeff${text}`);
    case 'crlf':
      return Buffer.from(text.replaceAll('\n', '\r\n'));
    case 'cr':
      return Buffer.from(text.replaceAll('\n', '\r'));
    case 'utf16':
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 'doubled':
      return Buffer.from(text + text);
    default:
      return kind satisfies never;
  }
}
