import type { ProviderConfig } from '../config/config.ts';
import { formatKeyPath } from '../config/mistakes/key-path.ts';

/** What kept a provider from being created, one line each, placed at its table or key as mistakes of the configuration are. */
export function listProviderMistakes(error: unknown, config: ProviderConfig): string[] {
  return listMessages(error).map((message) => placeMessage(message, config));
}

/** A message that begins with one of the table's keys (`cert-file: …`) is placed at that key, others at the table. */
export function placeMessage(message: string, { id, options }: ProviderConfig): string {
  const place = formatKeyPath(['providers', id]);
  if (message.startsWith(place)) return message;
  const [, key] = /^([a-z0-9-]+): /.exec(message) ?? [];
  return key !== undefined && (key in options || key.includes('-')) ? `${place}.${message}` : `${place}: ${message}`;
}

/** The message of an error, or of each in an AggregateError, on one line. */
export function listMessages(error: unknown): string[] {
  if (error instanceof AggregateError) return error.errors.flatMap(listMessages);
  return [(error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ')];
}
