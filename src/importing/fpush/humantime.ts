const units: Readonly<Record<string, number>> = {
  ...Object.fromEntries(['ms', 'msec', 'millis'].map((unit) => [unit, 1])),
  ...Object.fromEntries(['s', 'sec', 'secs', 'second', 'seconds'].map((unit) => [unit, 1000])),
  ...Object.fromEntries(['m', 'min', 'mins', 'minute', 'minutes'].map((unit) => [unit, 60_000])),
  ...Object.fromEntries(['h', 'hr', 'hrs', 'hour', 'hours'].map((unit) => [unit, 3_600_000])),
};

/** https://docs.rs/humantime: `20s`, `1m 30s`. In milliseconds; undefined where it is none. */
export function readHumantime(text: string): number | undefined {
  const parts = [...text.trim().matchAll(/\s*(\d+)\s*([a-z]+)/gy)];
  if (parts.map(([all]) => all).join('') !== text.trim() || parts.length === 0) return undefined;
  const lengths = parts.map(([, count, unit = '']) => Number(count) * (units[unit] ?? Number.NaN));
  const sum = lengths.reduce((total, length) => total + length, 0);
  return Number.isNaN(sum) ? undefined : sum;
}
