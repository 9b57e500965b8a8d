import { nearestKey } from '../../../config/mistakes/nearest-key.ts';
import type { Reading } from '../dialogue/dialogue.ts';

/** One of a list, by its number or its name. */
export function readChoice<T extends { readonly name: string }>(text: string, choices: readonly T[]): Reading<T> {
  const word = text.toLowerCase();
  const value = choices.find(({ name }, index) => word === name || word === String(index + 1));
  if (value !== undefined) return { value };
  const names = choices.map(({ name }) => name);
  const nearest = nearestKey(word, names);
  return { problem: nearest === undefined ? `expected one of ${names.join(', ')}` : `did you mean ${nearest}?` };
}
