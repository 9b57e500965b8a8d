import type { Tag } from './strict-reader.ts';

const stanzas = 'urn:ietf:params:xml:ns:xmpp-stanzas';

/** `type/condition` of an error answer; throws where it is not one as RFC 6120 §8.3.2 has them, the condition first. */
export function readError(answer: Tag): string {
  const [error, ...more] = answer.children.filter(({ name }) => name === 'error');
  const [condition] = error?.children ?? [];
  const type = error?.attributes['type'];
  if (error === undefined || more.length > 0 || type === undefined || condition?.uri !== stanzas || condition.name === 'text')
    throw new Error(`not a stanza error: ${JSON.stringify(answer)}`);
  return `${type}/${condition.name}`;
}
