import type { Push } from '../../../src/index.ts';
import { caseOf } from '../../payload/push-cases.ts';
import { background } from '../push-kind.ts';
import type { DialectPayload } from './dialect-payload.ts';

/** The app alone is told, and perhaps later. */
export const wake: DialectPayload = { kind: background, payload: { aps: { 'content-available': 1 } } };

/**
 * Whether there is something new for the user. Servers that include neither body nor sender publish a message without either, so
 * what has no content counts; what the server calls unimportant, or read elsewhere, does not.
 */
export function isNews(push: Push): boolean {
  const { name, manner } = caseOf(push);
  return manner !== 'silent' || name === 'without-content';
}
