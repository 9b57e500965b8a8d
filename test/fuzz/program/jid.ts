/** Nodeprep, nameprep and resourceprep (RFC 6122) forbid at least these, wherever they stand. */
const forbidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u2FF0-\u2FFB\uFFF9-\uFFFD]|[\u0340-\u0341]/u;
const part = (bytes: number) => (text: string) => text !== '' && Buffer.byteLength(text) <= bytes && !forbidden.test(text);
const isPart = part(1023);

/** Whether every server would have this address in a stanza. Some would have more. */
export function isSurelyJid(text: string): boolean {
  const [, local, domain = '', resource] = /^(?:([^@/]*)@)?([^@/]*)(?:\/(.*))?$/su.exec(text) ?? [];
  if (!/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(domain)) return false;
  if (resource !== undefined && !isPart(resource)) return false;
  return local === undefined || (isPart(local) && !/[\s\p{Zs}"&'/:<>@\p{Lu}]/u.test(local));
}

/** Whether no server could have this address in a stanza. Some would refuse more. */
export function isSurelyNoJid(text: string): boolean {
  const [bare = '', ...rest] = text.split('/');
  const [domain = '', ...more] = bare.split('@').reverse();
  if (domain === '' || more.length > 1 || more[0] === '' || (rest.length > 0 && rest.join('/') === '')) return true;
  return /[\s<>&"']/.test(bare) || /[\p{Cc}]/u.test(text) || [domain, ...more, rest.join('/')].some((one) => Buffer.byteLength(one) > 1023);
}
