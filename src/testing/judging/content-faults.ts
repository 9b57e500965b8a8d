import { types } from 'node:util';

/** As the services have it, and as every way to a device bears it. */
const mostBytes = 4096;

/** What is wrong with what `contentOf` returned; nothing, if an app can be given it. */
export function faultsOfContent(content: unknown): string[] {
  if (types.isPromise(content)) return ['a promise: nobody waits for it'];
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return [`${describe(content)} is no object`];
  try {
    const bytes = Buffer.byteLength(JSON.stringify(content));
    return bytes > mostBytes ? [`${bytes} bytes as JSON, at most ${mostBytes} are sent`] : [];
  } catch {
    // A circle, or a bigint.
    return ['it can not be written as JSON'];
  }
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'a list' : String(value);
}
