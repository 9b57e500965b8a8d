import { types } from 'node:util';
import type { Outcome } from '../provider/provider.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Takes what a provider settled with; throws an Error that says what is wrong with it, without repeating its content. */
export function parseOutcome(value: unknown): Outcome {
  if (typeof value !== 'object' || value === null)
    throw new Error(`an outcome is an object, this is ${value === null ? 'null' : typeof value}`);
  const fields = value as Fields;
  switch (fields['kind']) {
    case 'accepted':
      return { kind: 'accepted', ...optional(fields, 'id', isString), ...optional(fields, 'remember', isString) };
    case 'gone':
      return { kind: 'gone', ...optional(fields, 'since', isDate) };
    case 'rejected':
      return { kind: 'rejected', reason: readReason(fields) };
    case 'retry':
      return {
        kind: 'retry',
        reason: readReason(fields),
        ...optional(fields, 'afterMs', isDuration),
        ...optional(fields, 'onlyThis', isTrue),
      };
    default:
      throw new Error('an outcome has one of the kinds accepted, gone, rejected, retry');
  }
}

function optional<K extends string, T>(fields: Fields, key: K, is: (value: unknown) => value is T): Partial<Record<K, T>> {
  const value = fields[key];
  if (value === undefined) return {};
  if (!is(value)) throw new Error(`${key} of an outcome is not what it should be`);
  return { [key]: value } as Record<K, T>;
}

function readReason({ reason }: Fields): string {
  if (!isString(reason)) throw new Error('reason of an outcome is not a text');
  return reason;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isTrue(value: unknown): value is true {
  return value === true;
}

function isDate(value: unknown): value is Date {
  return types.isDate(value) && !Number.isNaN(value.getTime());
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
