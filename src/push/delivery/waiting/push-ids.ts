import { randomUUID } from 'node:crypto';

const mostInAMillisecond = 0xfff;
/** Of a random UUID: from the variant on (RFC 9562 §5.4 and §5.7 agree there). */
const randomPart = 18;

/**
 * Ids of pushes: UUIDs of version 7 that sort in the order in which they were made, also within a millisecond (RFC 9562 §5.7
 * and §6.2, a counter). So of two pushes published in the same millisecond everybody agrees which is the newer one.
 */
export function createPushIds(): (publishedAt: Date) => string {
  let last = 0;
  let count = 0;
  let time = '';
  return (publishedAt) => {
    const ms = publishedAt.getTime();
    count = ms === last ? Math.min(count + 1, mostInAMillisecond) : 0;
    if (ms !== last || time === '') time = writeTime(ms);
    last = ms;
    return `${time}-7${count.toString(16).padStart(3, '0')}${randomUUID().slice(randomPart)}`;
  };
}

function writeTime(ms: number): string {
  const digits = ms.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}
