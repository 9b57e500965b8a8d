import { z } from 'zod';
import type { Privacy } from '../payload/payload-keys.ts';

/** Options of every provider that carries messages. */
export const privacyOptions = {
  content: z
    .enum(['full', 'sender', 'none'])
    .default('full')
    .describe('What of a plain message leaves for the push service: sender and body, the sender only, or neither.'),
  'require-encryption': z.boolean().default(false).describe('Never send a plain sender or body, whatever content says.'),
};

export function buildPrivacy(options: { readonly content: Privacy['content']; readonly 'require-encryption': boolean }): Privacy {
  return { content: options.content, requireEncryption: options['require-encryption'] };
}
