import { randomBytes } from 'node:crypto';

const mostInAMillisecond = 0xfff;
/** Random digits are made for so many ids at once; from `randomUUID` each costs more than the rest of the id. */
const idsPerDraw = 256;
const digitsPerId = 16;
const variants = ['8', '9', 'a', 'b'] as const;

/**
 * Ids of pushes: UUIDs of version 7 that sort in the order in which they were made, also within a millisecond (RFC 9562 §5.7
 * and §6.2, a counter). So of two pushes published in the same millisecond everybody agrees which is the newer one.
 */
export function createPushIds(): (publishedAt: Date) => string {
  let last = 0;
  let count = 0;
  let time = '';
  const drawRandom = createRandomParts();
  return (publishedAt) => {
    const ms = publishedAt.getTime();
    count = ms === last ? Math.min(count + 1, mostInAMillisecond) : 0;
    if (ms !== last || time === '') time = writeTime(ms);
    last = ms;
    return `${time}-7${count.toString(16).padStart(3, '0')}${drawRandom()}`;
  };
}

/** Sixty-two random bits behind the variant of RFC 9562 §4.1, as the last two groups of a UUID. */
function createRandomParts(): () => string {
  let digits = '';
  let at = 0;
  return () => {
    if (at >= digits.length) [digits, at] = [randomBytes((idsPerDraw * digitsPerId) / 2).toString('hex'), 0];
    const variant = variants[Number.parseInt(digits.charAt(at), 16) % variants.length] ?? '8';
    const part = `-${variant}${digits.slice(at + 1, at + 4)}-${digits.slice(at + 4, at + digitsPerId)}`;
    at += digitsPerId;
    return part;
  };
}

function writeTime(ms: number): string {
  const digits = ms.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}
