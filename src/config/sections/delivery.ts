import { z } from 'zod';
import { duration } from '../values/duration.ts';

/** Time limits, in milliseconds. */
export interface DeliveryConfig {
  readonly answerWithinMs: number;
  readonly defaultTtlMs: number;
  readonly voipTtlMs: number;
  /** 0: no limit. */
  readonly updateIntervalMs: number;
}

export const deliverySection = z
  .strictObject({
    'answer-within': duration('100ms', '30s').prefault('20s').meta({
      description: 'Every publish is answered by then. ejabberd and MongooseIM give up after 32 s.',
    }),
    'default-ttl': duration('1s', '28d')
      .prefault('4h')
      .meta({ description: 'How long a message push may wait for a failing push service.' }),
    'voip-ttl': duration('1s', '1h').prefault('30s').meta({ description: 'The same for calls.' }),
    'update-interval': duration('0s', '1h').prefault('20s').meta({
      description: 'At most one push that nobody sees per device in this time, the newest; "0s": as many as come.',
    }),
  })
  .prefault({})
  .meta({ description: 'Time limits, as strings such as "30s" or "4h".' })
  .transform((delivery): DeliveryConfig => ({
    answerWithinMs: delivery['answer-within'],
    defaultTtlMs: delivery['default-ttl'],
    voipTtlMs: delivery['voip-ttl'],
    updateIntervalMs: delivery['update-interval'],
  }));
