/** Whether an answer is no push service's, which say JSON or nothing, but the page of a proxy or of a network that wants a login. */
export function isPage(body: string): boolean {
  return /^\s*</.test(body);
}
