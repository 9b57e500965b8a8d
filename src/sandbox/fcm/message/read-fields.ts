import type { Violation } from '../details.ts';
import { targets, type Kind, type MessageType } from './fields.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A request that fits the API's definition, with the names of the definition; or all that does not fit. */
export type Reading = { readonly fields: Fields } | { readonly violations: readonly Violation[] };

/** Reads a body as Google's JSON transcoding does: names in camel case or with underscores, null for absent. */
export function readFields(body: Buffer, type: MessageType): Reading {
  let value: unknown;
  try {
    value = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch {
    // Where exactly it went wrong is not told.
    return { violations: [{ description: 'Invalid JSON payload received. Unexpected token.' }] };
  }
  if (!isObject(value))
    return { violations: [{ description: 'Invalid JSON payload received. Unknown name "": Root element must be a message.' }] };
  const reader = new Reader();
  const fields = reader.read(value, type, '');
  return reader.violations.length === 0 ? { fields } : { violations: reader.violations };
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Walks through a body and gathers what is wrong. */
class Reader {
  readonly violations: Violation[] = [];

  read(value: Fields, { fields }: MessageType, path: string): Fields {
    const entries = Object.entries(value).flatMap(([key, item]) => {
      const name = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (kind === undefined) this.#refuseName(key, path);
      return kind === undefined || item === null
        ? []
        : [[name, this.#readValue(item, kind, path === '' ? name : `${path}.${name}`)] as const];
    });
    if (path === 'message') this.#checkTargets(entries.map(([name]) => name));
    return Object.fromEntries(entries);
  }

  #readValue(value: unknown, kind: Kind, path: string): unknown {
    if (typeof kind === 'object') return isObject(value) ? this.read(value, kind, path) : this.#refuseValue(path, kind.type, value);
    if (kind === 'strings') return this.#readStrings(value, path);
    const scalar = scalars[kind];
    return scalar.isRight(value) ? value : this.#refuseValue(path, scalar.type, value);
  }

  #readStrings(value: unknown, path: string): unknown {
    if (!isObject(value)) return this.#refuseValue(path, 'map', value);
    for (const [index, item] of Object.values(value).entries())
      if (typeof item !== 'string') this.#refuseValue(`${path}[${index}].value`, 'TYPE_STRING', item);
    return value;
  }

  #checkTargets(names: readonly string[]): void {
    const [first, second] = names.filter((name) => targets.some((target) => target === name));
    if (first !== undefined && second !== undefined)
      this.#refuse('message', `Invalid value at 'message' (oneof), oneof field 'target' is already set. Cannot set '${second}'`);
  }

  #refuseName(name: string, path: string): void {
    const place = path === '' ? '' : ` at '${path}'`;
    this.#refuse(path, `Invalid JSON payload received. Unknown name ${JSON.stringify(name)}${place}: Cannot find field.`);
  }

  #refuseValue(path: string, type: string, value: unknown): unknown {
    const isDuration = type === durationType;
    const what = isDuration
      ? `Field '${path.split('.').at(-1) ?? ''}', Illegal duration format; duration must end with 's'`
      : JSON.stringify(value);
    const typeName = type.startsWith('google.') ? `type.googleapis.com/${type}` : type;
    this.#refuse(path, `Invalid value at '${path}' (${typeName}), ${what}`);
    return undefined;
  }

  #refuse(field: string, description: string): void {
    this.violations.push({ ...(field === '' ? {} : { field }), description });
  }
}

const durationType = 'google.protobuf.Duration';

interface Scalar {
  readonly type: string;
  isRight(value: unknown): boolean;
}

const scalars: Readonly<Record<Exclude<Kind, 'strings' | MessageType>, Scalar>> = {
  any: { type: '', isRight: () => true },
  boolean: { type: 'TYPE_BOOL', isRight: (value) => typeof value === 'boolean' },
  string: { type: 'TYPE_STRING', isRight: (value) => typeof value === 'string' },
  duration: { type: durationType, isRight: (value) => typeof value === 'string' && /^\d+(?:\.\d{1,9})?s$/.test(value) },
  priority: {
    type: 'google.firebase.fcm.v1.AndroidMessagePriority',
    isRight: (value) => typeof value === 'string' && /^(?:normal|high)$/i.test(value),
  },
};
