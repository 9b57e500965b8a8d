import type { Fields } from './read-fields.ts';
import { isObject } from './read-fields.ts';
import { targets } from './fields.ts';

/** To whom a message goes. Only `token` and `fid` are devices. */
export interface Target {
  readonly kind: (typeof targets)[number];
  readonly value: string;
}

/** What the checks and the journal need of a message whose fields were read. */
export interface Message {
  readonly fields: Fields;
  readonly target: Target | undefined;
  readonly data: Readonly<Record<string, string>>;
  readonly priority: 'HIGH' | 'NORMAL';
  readonly ttl: string | undefined;
  readonly collapseKey: string | undefined;
  /** What counts towards the limit: keys and values of data, and the texts of a notification. */
  readonly bytes: number;
  readonly isValidateOnly: boolean;
}

export function buildMessage(request: Fields): Message {
  const fields = objectOf(request['message']);
  const android = objectOf(fields['android']);
  const data = { ...textsOf(fields['data']), ...textsOf(android['data']) };
  const priority = textOf(android['priority'])?.toUpperCase();
  return {
    fields,
    target: targetOf(fields),
    data,
    // A data message is NORMAL unless said otherwise.
    priority: priority === 'HIGH' ? 'HIGH' : 'NORMAL',
    ttl: textOf(android['ttl']),
    collapseKey: textOf(android['collapse_key']),
    bytes: countBytes(data) + countBytes({ ...textsOf(fields['notification']), ...textsOf(android['notification']) }),
    isValidateOnly: request['validate_only'] === true,
  };
}

function targetOf(fields: Fields): Target | undefined {
  const kind = targets.find((name) => typeof fields[name] === 'string' && fields[name] !== '');
  return kind && { kind, value: textOf(fields[kind]) ?? '' };
}

function countBytes(texts: Readonly<Record<string, string>>): number {
  return Object.entries(texts).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
}

function objectOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  const texts = Object.entries(objectOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts);
}
