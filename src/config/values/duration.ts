import { z } from 'zod';

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `"250ms"`, `"30s"`, `"5m"`, `"4h"` or `"1d"` in milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const unitMs = unit === undefined ? undefined : unitsMs[unit];
  return unitMs === undefined ? undefined : Math.round(Number(count) * unitMs);
}

/** Schema of a duration between two others, in milliseconds when parsed. */
export function duration(shortest: string, longest: string): z.ZodType<number, string> {
  const error = `expected a duration from "${shortest}" to "${longest}" (units: ms, s, m, h, d)`;
  const [minMs, maxMs] = [parseDuration(shortest) ?? 0, parseDuration(longest) ?? Infinity];
  return z.string({ error }).transform((text, context) => {
    const durationMs = parseDuration(text);
    if (durationMs !== undefined && durationMs >= minMs && durationMs <= maxMs) return durationMs;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
}
