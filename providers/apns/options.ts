import { z } from 'zod';
import { endpoint, networkOptions } from '../options/network.ts';
import { parseOptions as parse, type Parsed } from '../options/parse-options.ts';
import { privacyOptions } from '../options/privacy.ts';
import { reservedKeys } from '../payload/payload-keys.ts';

/** With these the smallest payload, an account of 2047 bytes and nothing else, is within Apple's 4096 bytes. */
const longestAlertBytes = 256;
const longestExtraBytes = 512;

const binary = "is Apple's retired binary protocol (ended in 2021); leave the option out for https://api.push.apple.com";
const retired = Object.fromEntries(
  ['gateway', 'gateway.sandbox', 'feedback', 'feedback.sandbox'].map((name) => [`${name}.push.apple.com`, binary]),
);

/** The provider's table in the configuration; `use` is taken out and secrets are replaced by their values before. */
export const options = z.strictObject({
  'apns-topic': z
    .string()
    .regex(/^[\w.-]{1,255}$/, "must be the app's bundle id, such as org.example.app")
    .refine((topic) => !topic.endsWith('.voip'), 'must be the bundle id alone; Reveille adds .voip for calls itself')
    .optional()
    .describe("The app's bundle id. With a certificate for one app it may be left out."),
  'cert-file': z.string().optional().describe('Certificate with its private key: .p12 or PEM. Either this or key-file.'),
  'cert-password': z
    .string()
    .optional()
    .meta({ secret: true })
    .describe('Password of cert-file, and of pushkit-cert-file where that has none of its own.'),
  'pushkit-cert-file': z.string().optional().describe('Second certificate, for calls (VoIP), where cert-file does not cover them.'),
  'pushkit-cert-password': z
    .string()
    .optional()
    .meta({ secret: true })
    .describe('Password of pushkit-cert-file; cert-password by default.'),
  'key-file': z.string().optional().describe('Token signing key (.p8) instead of a certificate; needs key-id and team-id.'),
  'key-id': z
    .string()
    .regex(/^[A-Z0-9]{10}$/, 'must be 10 capital letters and digits')
    .optional()
    .describe('Id of the key in key-file, as in its name AuthKey_<id>.p8.'),
  'team-id': z
    .string()
    .regex(/^[A-Z0-9]{10}$/, 'must be 10 capital letters and digits')
    .optional()
    .describe('Id of the developer team that owns the key.'),
  environment: z.enum(['production', 'sandbox']).default('production').describe("Which of Apple's services the app's tokens belong to."),
  'fallback-to-sandbox': z
    .boolean()
    .default(false)
    .describe('Try a token that production refuses once at the sandbox endpoint: for builds under development.'),
  endpoint: endpoint(retired)
    .default('https://api.push.apple.com')
    .describe('Production endpoint; to be changed for gateways and tests only.'),
  'sandbox-endpoint': endpoint(retired)
    .default('https://api.sandbox.push.apple.com')
    .describe('Sandbox endpoint; to be changed for gateways and tests only.'),
  ...networkOptions,
  ...privacyOptions,
  'alert-text': z
    .string()
    .min(1)
    .refine((text) => bytesOf(text) <= longestAlertBytes, `must take at most ${longestAlertBytes} bytes`)
    .optional()
    .describe("What the user sees where the app's extension can't write the real text. Default: New message!"),
  'alert-loc-key': z
    .string()
    .min(1)
    .refine((key) => bytesOf(key) <= longestAlertBytes, `must take at most ${longestAlertBytes} bytes`)
    .optional()
    .describe("Instead of alert-text: key of a text in the app's Localizable.strings, shown in the user's language."),
  sound: z
    .string()
    .max(64)
    .default('default')
    .describe("Sound of visible pushes: default, a file in the app's bundle, or the empty string for none."),
  extra: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .superRefine(checkExtra)
    .describe('Static keys for the app in every payload, beside aps and the keys of Reveille.'),
});

export type ApnsOptions = z.infer<typeof options>;

function checkExtra(extra: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  for (const key of Object.keys(extra).filter((name) => reservedKeys.includes(name)))
    context.addIssue({ code: 'custom', path: [key], message: 'must have another name; Reveille writes this key itself' });
  if (bytesOf(extra) > longestExtraBytes)
    context.addIssue({
      code: 'custom',
      message: `must take at most ${longestExtraBytes} bytes as JSON; Apple's limit is for all together`,
    });
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** One sentence per mistake, each beginning with the key it is about. */
export function parseOptions(input: unknown): Parsed<ApnsOptions> {
  const parsed = parse(options, input);
  const mistakes = 'options' in parsed ? contradictions(parsed.options) : [];
  return mistakes.length > 0 ? { mistakes } : parsed;
}

function contradictions(options: ApnsOptions): readonly string[] {
  const has = (key: keyof ApnsOptions) => options[key] !== undefined;
  const rules: readonly (readonly [boolean, string])[] = [
    [has('cert-file') && has('key-file'), 'cert-file: stands beside key-file; keep one of them'],
    [has('key-file') && !has('key-id'), 'key-id: missing beside key-file; it is the middle of the name AuthKey_<id>.p8'],
    [has('key-file') && !has('team-id'), "team-id: missing beside key-file; it stands in the membership page of Apple's developer account"],
    [has('key-file') && !has('apns-topic'), "apns-topic: missing beside key-file; give the app's bundle id"],
    [has('key-id') && !has('key-file'), 'key-id: stands without key-file; add key-file or remove it'],
    [has('team-id') && !has('key-file'), 'team-id: stands without key-file; add key-file or remove it'],
    [has('pushkit-cert-file') && !has('cert-file'), 'pushkit-cert-file: stands without cert-file; add cert-file or remove it'],
    [
      has('pushkit-cert-password') && !has('pushkit-cert-file'),
      'pushkit-cert-password: stands without pushkit-cert-file; add that or remove it',
    ],
    [has('alert-text') && has('alert-loc-key'), 'alert-text: stands beside alert-loc-key; keep one of them'],
  ];
  return rules.filter(([isMistake]) => isMistake).map(([, text]) => text);
}
