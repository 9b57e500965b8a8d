import { types } from 'node:util';

const longestAdvice = 500;

/** What is wrong with what `advise` returned; nothing, if it is a line of words or undefined. */
export function faultsOfAdvice(advice: unknown): string[] {
  if (advice === undefined) return [];
  if (types.isPromise(advice)) return ['a promise: nobody waits for it'];
  if (typeof advice !== 'string' || advice.trim() === '') return ['neither undefined nor a text, or empty'];
  if (advice.includes('\n')) return ['more than one line'];
  return advice.length > longestAdvice ? [`${advice.length} characters, at most ${longestAdvice} are shown`] : [];
}
