/** Apple asks not to assume a length; this is a bound against nonsense. */
const tokenPattern = /^[0-9a-f]{2,400}$/i;

export function isDeviceToken(token: string): boolean {
  return tokenPattern.test(token);
}
