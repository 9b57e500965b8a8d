import { z } from 'zod';
import { isHostPattern } from '../../base/host-patterns.ts';
import { duration } from '../values/duration.ts';
import { nonEmpty } from '../values/plain.ts';

/** Provider ids by the kind of push service. */
export interface DialectProviders {
  readonly fcm?: string | undefined;
  readonly apns?: string | undefined;
}

/** fpush's: nothing is registered, the node is the token, and a publish names its module. */
export interface FpushConfig {
  /** Provider ids by module. */
  readonly modules: Readonly<Record<string, string>>;
  /** The module of a publish that names none. */
  readonly default: string | undefined;
  /** At most one push per token in this time. */
  readonly ratelimitMs: number;
}

/** Push 2.0: nothing is registered, a message brings what is to be sent and where to. */
export interface Push2Config {
  /** Host names and `*.suffix`: only addresses at these are sent to. */
  readonly allowHosts: readonly string[];
}

/** Which other app servers' clients are answered; absent: that one's are not. */
export interface DialectsConfig {
  readonly p2?: DialectProviders | undefined;
  readonly modPushAppserver?: (DialectProviders & { readonly http: boolean }) | undefined;
  readonly fluux?: Pick<DialectProviders, 'apns'> | undefined;
  readonly openfire?: DialectProviders | undefined;
  readonly fpush?: FpushConfig | undefined;
  readonly push2?: Push2Config | undefined;
}

/** As written: false is off, undefined is "by what providers there are". */
export type WrittenDialects = z.output<typeof dialectsSection>;

const providerId = (what: string) =>
  nonEmpty('expected a provider id')
    .optional()
    .meta({ description: `Provider id for ${what}.` });
const fcm = providerId('Android (FCM)');
const apns = providerId('iOS (APNs)');

function orFalse<T extends z.core.$ZodShape>(shape: T, description: string) {
  return z
    .union([z.literal(false), z.strictObject(shape)])
    .optional()
    .meta({ description });
}

export const dialectsSection = z
  .strictObject({
    p2: orFalse({ fcm, apns }, 'Clients of p2: Conversations and what is made from it. False: off.'),
    mod_push_appserver: orFalse(
      { fcm, apns, http: z.boolean().default(false).meta({ description: 'True: its HTTP API as well.' }) },
      'Clients of mod_push_appserver. False: off.',
    ),
    fluux: orFalse({ apns }, 'Fluux. False: off.'),
    openfire: orFalse({ fcm, apns }, "Clients of Openfire's push server plugin. False: off."),
    fpush: orFalse(
      {
        modules: z
          .record(z.string().min(1).max(255), nonEmpty('expected a provider id'), { error: 'expected a provider id for each module' })
          .meta({ description: 'The push modules that clients name, each with its provider id.' }),
        default: nonEmpty('expected the name of a module').optional().meta({ description: 'The module of a publish that names none.' }),
        ratelimit: duration('0s', '1h').prefault('20s').meta({ description: 'At most one push per token in this time.' }),
      },
      'Clients of fpush: Monal and others. Their node is the token itself, nothing is registered. Off unless given.',
    ),
    push2: orFalse(
      {
        'allow-hosts': z
          .array(z.string().refine(isHostPattern, 'expected a host name in lower case, or *.suffix for all below one'))
          .min(1, 'expected a host at least')
          .meta({ description: 'Hosts of push services that notifications are relayed to: names, or *.suffix.' }),
      },
      'Experimental: Push 2.0 (urn:xmpp:push2:0), a draft. Servers send what they encrypted and where to, nothing is registered. Off unless given.',
    ),
  })
  .prefault({})
  .meta({
    description: 'Which clients of other app servers are answered. Absent: all but fpush and push2, where one provider of a kind is there.',
  });
