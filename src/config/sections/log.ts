import { z } from 'zod';

/** The log on standard output. */
export interface LogConfig {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** JIDs stand in the log as they are. */
  readonly jids: boolean;
}

export const logSection = z
  .strictObject({
    level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').meta({ description: 'The least important line shown.' }),
    jids: z.boolean().default(false).meta({ description: 'True: JIDs stand in the log as they are, not as keyed hashes.' }),
  })
  .prefault({})
  .meta({ description: 'The log on standard output.' })
  .transform((log): LogConfig => log);
