import type { z } from 'zod';
import type { KeyPath } from './key-path.ts';

/** One complaint of a schema, as far as it is turned into lines. `schema` is the root that complained, where it is zod's. */
export interface Issue {
  readonly code: string;
  readonly message: string;
  readonly path: KeyPath;
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly Issue[])[];
  readonly schema?: z.core.$ZodType;
}
