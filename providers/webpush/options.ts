import { z } from 'zod';
import { networkOptions } from '../options/network.ts';
import { privacyOptions } from '../options/privacy.ts';
import { everyHost, isHostPattern } from '../../src/base/host-patterns.ts';
import { isBlock } from './strangers/special-addresses.ts';

const hostOrAll = z
  .string()
  .refine(
    (text) => text === everyHost || isHostPattern(text) || isBlock(text),
    'must be a host name in lower case, *.suffix, an address or a block of them, or * for all hosts',
  );
const hostOrBlock = z
  .string()
  .refine(
    (text) => isHostPattern(text) || isBlock(text),
    'must be a host name in lower case, *.suffix, an address, or a block such as 10.0.0.0/8',
  );

/** The provider's table in the configuration; `use` is taken out and secrets are replaced by their values before. */
export const options = z.strictObject({
  'vapid-key-file': z
    .string()
    .describe(
      'Private key of P-256 (PEM) by which push services know this server: reveille webpush-key makes one. Subscriptions are bound to it.',
    ),
  subject: z
    .string()
    .max(255)
    .regex(/^(?:mailto:[^\s@<>]+@[^\s@<>]+|https:\/\/\S+)$/, 'must be mailto: and an address, or an https: URL')
    .describe('Where a push service can reach you, as in mailto:admin@example.org; it is told with each push.'),
  'allow-hosts': z
    .array(hostOrAll)
    .min(1, 'must name a host, or be left out for all')
    .default([everyHost])
    .describe(
      'Hosts that may be pushed to: names, *.suffix, or * for all. Private and local addresses only where allow-private names them.',
    ),
  'allow-private': z
    .array(hostOrBlock)
    .default([])
    .describe('Addresses, blocks (10.0.0.0/8) and host names that may be pushed to although they are private or local.'),
  'allow-unencrypted': z
    .boolean()
    .default(false)
    .describe('Push to UnifiedPush endpoints that were registered without keys: the push server then reads what is pushed.'),
  ...networkOptions,
  ...privacyOptions,
});

export type WebpushOptions = z.infer<typeof options>;
