/** The secret in the answer to a registration. */
export function secretOf(answer: string): string {
  const secret = /var="secret"[^>]*><value>([^<]+)</.exec(answer)?.[1];
  if (secret === undefined) throw new Error(`no secret in ${answer}`);
  return secret;
}
