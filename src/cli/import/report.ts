import type { Counts } from '../../importing/transfer.ts';

/** Of each reason so many places are named. */
const shownPlaces = 5;
/** Reasons come from a short list; should they not, memory is bounded all the same. */
const mostReasons = 200;

export interface Refusals {
  add(place: string, reason: string): void;
  lines(): readonly string[];
}

/** Counts what was not taken by reason, and names the first places of each. */
export function createRefusals(): Refusals {
  const reasons = new Map<string, { count: number; places: string[] }>();
  return {
    add: (place, reason) => {
      const key = reasons.has(reason) || reasons.size < mostReasons ? reason : 'other reasons';
      const entry = reasons.get(key) ?? { count: 0, places: [] };
      entry.count += 1;
      if (entry.places.length < shownPlaces) entry.places.push(place);
      reasons.set(key, entry);
    },
    lines: () =>
      [...reasons].flatMap(([reason, { count, places }]) => [
        `  ${count} × ${reason}`,
        ...places.map((place) => `      ${place}`),
        ...(count > places.length ? [`      and ${count - places.length} more`] : []),
      ]),
  };
}

/** What was done, or would be. */
export function describeCounts({ read, added, present, refused }: Readonly<Counts>, isDry: boolean): string {
  const taken = isDry ? `${added} would be taken` : `${added} taken`;
  return `${read} registrations read: ${taken}, ${present} there already, ${refused} not taken${refused === 0 ? '.' : ':'}`;
}

/** Older versions of Tigase Push gave an account one node for all its devices. */
export function describeSharing({ sharedNodes, sharing }: Readonly<Counts>): readonly string[] {
  if (sharedNodes === 0) return [];
  const nodes = sharedNodes === 1 ? '1 node' : `${sharedNodes} nodes`;
  return [`${sharing} of these devices stand behind ${nodes}, several behind each: a push to such a node goes to all of them.`];
}
