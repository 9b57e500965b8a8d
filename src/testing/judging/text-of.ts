/** Everything that a value would show if somebody wrote it down: keys, strings, errors with their causes, bytes in the usual forms. */
export function textOf(value: unknown): string {
  const parts: string[] = [];
  collect(value, parts, new Set());
  return parts.join('\n');
}

function collect(value: unknown, parts: string[], seen: Set<unknown>): void {
  if (typeof value !== 'object' || value === null) return void parts.push(String(value));
  if (seen.has(value)) return;
  seen.add(value);
  if (value instanceof Uint8Array) return void parts.push(...formsOf(value));
  if (value instanceof Error) parts.push(value.name, value.message, value.stack ?? '');
  for (const inner of innerOf(value)) collect(inner, parts, seen);
}

function formsOf(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  return [buffer.toString(), buffer.toString('base64'), buffer.toString('hex')];
}

function innerOf(value: object): unknown[] {
  if (value instanceof Map || value instanceof Set) return [...value.keys(), ...value.values()];
  const json = 'toJSON' in value && typeof value.toJSON === 'function' ? (value.toJSON as () => unknown)() : undefined;
  return [...(value instanceof Error ? behind(value) : []), json, ...Object.keys(value), ...(Object.values(value) as unknown[])];
}

/** What an error has besides its message; not enumerable. */
function behind(error: Error): unknown[] {
  return [error.cause, error instanceof AggregateError ? error.errors : undefined];
}
