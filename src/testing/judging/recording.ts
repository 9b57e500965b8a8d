import type { TestContext } from 'node:test';
import type { ProviderTools } from '../../index.ts';
import type { LogLine } from '../log-line.ts';

const consoleMethods = ['debug', 'info', 'log', 'warn', 'error'] as const;

/** Tools that remember every line, of any level. */
export function buildTools(name: string, logged: LogLine[], resolvePath: (path: string) => string): ProviderTools {
  const write =
    (level: LogLine['level']) =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}) =>
      void logged.push({ level, event, fields });
  const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  return { name, log, resolvePath };
}

/** Remembers, until the test ends, what is written past the log; it is written all the same. */
export function recordConsole(context: TestContext, logged: LogLine[]): void {
  for (const method of consoleMethods) {
    const write = console[method].bind(console);
    context.mock.method(console, method, (...values: unknown[]) => {
      logged.push({ level: 'console', event: method, fields: values });
      write(...values);
    });
  }
}
