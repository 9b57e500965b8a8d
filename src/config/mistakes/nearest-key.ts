import { distance } from 'fastest-levenshtein';

/** The known key that an unknown one was most likely meant to be; undefined where none is near enough to be helpful. */
export function nearestKey(unknown: string, known: readonly string[]): string | undefined {
  const ranked = known.map((key) => ({ key, steps: stepsBetween(unknown, key) })).toSorted((one, other) => one.steps - other.steps);
  const best = ranked[0];
  // More than half of the letters changed is another word, and proposing it would mislead.
  return best !== undefined && best.steps <= Math.max(2, Math.ceil(best.key.length / 2)) ? best.key : undefined;
}

/** Swapped letters (`sercet`) and missing words (`topic` for `apns-topic`) are nearer than the count of changed letters says. */
function stepsBetween(unknown: string, known: string): number {
  const [one, other] = [normalise(unknown), normalise(known)];
  const steps = distance(one, other);
  if (steps <= 2 && sortLetters(one) === sortLetters(other)) return Math.min(steps, 1);
  const words = new Set(other.split('-'));
  return one.split('-').every((word) => words.has(word)) ? Math.min(steps, 2) : steps;
}

function sortLetters(key: string): string {
  return Array.from(key).sort().join('');
}

function normalise(key: string): string {
  return key
    .replace(/[_\s]/g, '-')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase();
}
