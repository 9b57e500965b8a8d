import { randomBytes } from 'node:crypto';

const nodeBytes = 24;

/** A pubsub node that nobody can guess. */
export function buildNode(): string {
  return randomBytes(nodeBytes).toString('base64url');
}
