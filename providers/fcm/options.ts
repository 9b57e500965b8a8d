import { z } from 'zod';
import { endpoint, networkOptions } from '../options/network.ts';
import { privacyOptions } from '../options/privacy.ts';

const mostConnections = 32;

const gcm = 'belongs to an API that Google ended in 2019; leave the option out for https://fcm.googleapis.com';
const retired = { 'gcm-http.googleapis.com': gcm, 'android.googleapis.com': gcm, 'gcm-xmpp.googleapis.com': gcm };

/** The provider's table in the configuration; `use` is taken out and secrets are replaced by their values before. */
export const options = z.strictObject({
  'service-account-file': z
    .string()
    .describe('JSON key of a service account that may send messages: Firebase console, project settings, service accounts.'),
  'sender-id': z
    .string()
    .regex(/^\d{1,20}$/, 'must be the project number, digits only')
    .optional()
    .describe('Project number, which the app calls sender id. Checked against the service account as far as its file tells.'),
  'pool-size': z.int().min(1).max(mostConnections).default(1).describe('HTTP/2 connections at most; each carries 100 pushes at a time.'),
  endpoint: endpoint(retired)
    .default('https://fcm.googleapis.com')
    .describe(
      'Where messages are sent; to be changed for gateways and tests only. Access tokens come from token_uri of the service account.',
    ),
  ...networkOptions,
  ...privacyOptions,
});

export type FcmOptions = z.infer<typeof options>;
