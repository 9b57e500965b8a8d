import { readError } from '../program/error.ts';
import type { Tag } from '../program/strict-reader.ts';
import { isPublish, type Expected } from './expect.ts';

const longestShown = 300;

/** Which answer belongs to which stanza: from its exact `to`, to its exact `from`, with its `id`. */
export interface Match {
  readonly expected: Expected;
  readonly answer: Tag | undefined;
}

/** Gives each stanza an answer where there is one; what is left over belongs to none. */
export function matchAnswers(
  all: readonly Expected[],
  received: readonly Tag[],
): { readonly matches: readonly Match[]; readonly rest: readonly Tag[] } {
  const rest = [...received];
  const matches = all.map((expected) => {
    const index = expected.answers === 'none' ? -1 : rest.findIndex((answer) => isAnswer(answer, expected.stanza));
    return { expected, answer: index < 0 ? undefined : rest.splice(index, 1)[0] };
  });
  return { matches, rest };
}

function isAnswer({ name, attributes: { id, from, to, type } }: Tag, { attributes: asked }: Tag): boolean {
  return name === 'iq' && (type === 'result' || type === 'error') && id === asked['id'] && from === asked['to'] && to === asked['from'];
}

/** How a stanza was answered, for the report; throws where it may not be answered so. */
export function judge({ expected: { stanza, answers, errors }, answer }: Match): string {
  const what = describe(stanza);
  if (answer === undefined) {
    if (answers === 'one') throw new Error(`not answered: ${show(stanza)}`);
    return 'not answered, nor need be';
  }
  if (answer.attributes['type'] === 'result') return `${what}: result`;
  const error = readError(answer);
  if (!errors.includes(error)) throw new Error(`answered ${error}: ${show(stanza)} with ${show(answer)}`);
  return `${what}: ${error}`;
}

function describe(stanza: Tag): string {
  if (isPublish(stanza)) return 'publish';
  const { type = '' } = stanza.attributes;
  return ['get', 'set'].includes(type) ? `iq ${type}` : 'iq of another type';
}

export function show({ name, attributes, children }: Tag): string {
  return JSON.stringify({ name, ...attributes, children: children.map((child) => child.name) }).slice(0, longestShown);
}
