import { z } from 'zod';

/** A text that is not empty; `error` says what was expected. */
export function nonEmpty(error: string): z.ZodString {
  return z.string({ error }).min(1, { error });
}

/** A path, absolute or seen from the folder of the configuration file. */
export function path(): z.ZodString {
  return nonEmpty('expected a path, absolute or seen from this file');
}

export function list<T extends z.ZodType>(element: T): z.ZodArray<T> {
  return z.array(element, { error: 'expected a list' });
}

/** A whole number, both ends included. */
export function wholeNumber(min: number, max: number): z.ZodInt {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}
