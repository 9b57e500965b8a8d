import { RecordCache } from '../../base/records/record-cache.ts';

const minutesPerDay = 24 * 60;
const msPerMinute = 60_000;

/** Which nodes were noted within the last day, exact to a minute. Bounded: the one unused longest is forgotten. */
export interface UsedToday {
  has(node: string): boolean;
  add(node: string): void;
}

export function createUsedToday(maxNodes: number): UsedToday {
  const minutes = new RecordCache(maxNodes);
  const scratch = Buffer.alloc(4);
  return {
    has: (node) => {
      const noted = minutes.get(node);
      return noted !== undefined && readMinute() - noted.bytes.readInt32LE(noted.start) < minutesPerDay;
    },
    add: (node) => {
      scratch.writeInt32LE(readMinute());
      minutes.set(node, scratch);
    },
  };
}

/** By a clock that nobody can set. */
function readMinute(): number {
  return Math.floor(performance.now() / msPerMinute);
}
