import { z } from 'zod';
import { duration } from '../values/duration.ts';
import { list, nonEmpty, wholeNumber } from '../values/plain.ts';

/** Connections that devices hold to Reveille itself, beside their push service. */
export interface LocalPushConfig {
  /** Provider ids whose devices may connect. */
  readonly providers: readonly string[];
  readonly keepAliveMs: number;
  /** How long a device has for acknowledging a push before it goes to the push service. */
  readonly answerWithinMs: number;
  readonly maxConnections: number;
  readonly connectionsPerAddress: number;
}

export const localPushSection = z
  .strictObject({
    providers: list(nonEmpty('expected a provider id'))
      .min(1, { error: 'expected at least one provider id' })
      .meta({ description: 'Provider ids whose devices may connect.' }),
    'keep-alive': duration('1s', '1h')
      .prefault('120s')
      .meta({ description: 'After so much silence a connection is asked whether it lives.' }),
    'answer-within': duration('100ms', '10s')
      .prefault('3s')
      .meta({ description: 'A push that the device has not acknowledged by then goes to its push service.' }),
    'max-connections': wholeNumber(1, 1_000_000)
      .default(20_000)
      .meta({ description: 'Connections of one instance; more are asked to come later.' }),
    'connections-per-address': wholeNumber(1, 1_000_000)
      .default(1_000)
      .meta({ description: 'Connections of one IP address at a time, and how many it may open in a minute.' }),
  })
  .optional()
  .meta({ description: 'Push without a push service, where a device is connected. Absent: off.' })
  .transform((table): LocalPushConfig | undefined =>
    table === undefined
      ? undefined
      : {
          providers: table.providers,
          keepAliveMs: table['keep-alive'],
          answerWithinMs: table['answer-within'],
          maxConnections: table['max-connections'],
          connectionsPerAddress: table['connections-per-address'],
        },
  );
