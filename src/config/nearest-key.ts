import { distance } from 'fastest-levenshtein';

/** The known key that an unknown one was most likely meant to be; undefined where none is near enough to be helpful. */
export function nearestKey(unknown: string, known: readonly string[]): string | undefined {
  const ranked = known.map((key) => ({ key, steps: stepsBetween(unknown, key) })).toSorted((one, other) => one.steps - other.steps);
  const best = ranked[0];
  // More than half of the letters changed is another word, and proposing it would mislead.
  return best !== undefined && best.steps <= Math.max(2, Math.ceil(best.key.length / 2)) ? best.key : undefined;
}

/** A missing or superfluous word (`topic` for `apns-topic`) is nearer than its number of letters says. */
function stepsBetween(unknown: string, known: string): number {
  const [one, other] = [normalise(unknown), normalise(known)];
  const steps = distance(one, other);
  const words = new Set(other.split('-'));
  return one.split('-').every((word) => words.has(word)) ? Math.min(steps, 2) : steps;
}

function normalise(key: string): string {
  return key
    .replace(/[_\s]/g, '-')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase();
}
