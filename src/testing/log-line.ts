/** One line that a provider wrote. */
export interface LogLine {
  /** A level of `tools.log`, or `console` for what was written around it. */
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'console';
  readonly event: string;
  readonly fields: unknown;
}
