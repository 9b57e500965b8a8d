import type { RestHandler, RestRequest } from '../../../src/index.ts';

/** Longer than any token of any push service; registering has the same bound. */
const longestToken = 4096;
const longestProvider = 255;

/**
 * `POST /rest/push/unregister-device/{component-jid}`, for users who can't log in any more. Whatever is wrong with a request
 * looks the same from outside, and so does whatever is wrong with a device: nobody learns who has an account or a token.
 */
const unregisterDevice: RestHandler = async ({ parameters, body }, tools) => {
  const [component, ...more] = parameters;
  if (component?.toLowerCase() !== tools.component || more.length > 0) return undefined;
  const { account: jid, provider, 'device-token': token } = readFields(body);
  const account = tools.parseAccount(jid);
  // COMPAT(Snikket iOS): it registers as snikket:apns:1 and names tigase:messenger:apns:1 here, so the provider only has to be one.
  if (account === undefined || !isText(provider, longestProvider) || !isTokenText(token)) return undefined;
  return { body: { result: (await tools.unregister({ account, token })) ? 'success' : 'failure' } };
};

export default unregisterDevice;

function readFields(body: RestRequest['body']): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

/** Printable ASCII, as provider ids are. */
function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest && /^[\x21-\x7e]+$/.test(value);
}

/** A token, or what old apps make of one: with white space in it and around it, which is tidied as it was at registration. */
function isTokenText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestToken && /^[\x21-\x7e\s]+$/.test(value) && value.trim() !== '';
}
