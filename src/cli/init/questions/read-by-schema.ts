import type { z } from 'zod';
import type { Reading } from '../dialogue/dialogue.ts';

/** As the configuration would take it; the problem is that of the configuration. */
export function readBySchema<T>(schema: z.ZodType<T, string>, text: string): Reading<T> {
  const parsed = schema.safeParse(text);
  return parsed.success ? { value: parsed.data } : { problem: parsed.error.issues.map(({ message }) => message).join('; ') };
}
