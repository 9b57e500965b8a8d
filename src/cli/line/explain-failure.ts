import { ConfigError, ConfigUnreadable } from '../../config/mistakes/config-error.ts';
import { asUsageError } from './arguments.ts';

export interface Failure {
  readonly lines: readonly string[];
  readonly exitCode: 1 | 2;
}

/** What to tell about an error that ended a command, and its exit code. The stack is shown only with REVEILLE_DEBUG=1. */
export function explainFailure(error: unknown, command: string | undefined): Failure {
  const program = command === undefined ? 'reveille' : `reveille ${command}`;
  const usage = asUsageError(error);
  if (usage !== undefined) return { lines: [`${program}: ${usage.message} (see ${program} --help)`], exitCode: 2 };
  if (error instanceof ConfigUnreadable) return { lines: [`${program}: ${error.message}`], exitCode: 2 };
  if (error instanceof ConfigError) return { lines: error.mistakes, exitCode: 1 };
  return { lines: explainUnexpected(error, program), exitCode: 1 };
}

function explainUnexpected(error: unknown, program: string): string[] {
  const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  if (process.env['REVEILLE_DEBUG'] === '1') return [`${program} failed: ${message}`, error instanceof Error ? (error.stack ?? '') : ''];
  return [`${program} failed: ${message} (run it again with REVEILLE_DEBUG=1 to see where)`];
}
