import { relative } from 'node:path';
import type { Answers } from './answers.ts';
import type { Places } from './files/plan-files.ts';
import { domainOf } from './files/snippet.ts';
import { isForGroup } from './files/write-files.ts';

/** How it was called, so that the next command can be copied. */
const program = process.env['npm_command'] === 'exec' ? 'npx reveille' : 'reveille';

export function introduce(config: string): string {
  return [
    `Reveille asks five questions, tries each answer, and at the end writes ${config}.`,
    'Enter takes what stands in brackets. Ctrl-C ends it.',
  ].join('\n');
}

/** What was written, and what comes next. */
export function describeNext(
  places: Places,
  { server, jid }: Pick<Answers, 'server' | 'jid'>,
  made: readonly string[],
  isAttached: boolean,
): string {
  const config = seenFromHere(places.config);
  const isShared = isForGroup(places.folder);
  const { title, merging } = server.kind;
  const telling =
    `${title}: its part is in ${seenFromHere(places.snippet(server))}: ${merging}.` +
    ` It takes ${domainOf(jid)} for the domain of your users; correct that where it is another.`;
  const steps = [
    ...(isAttached ? [] : [telling]),
    ...(process.getuid?.() === 0 && !isShared
      ? ['These files are for root alone: chown them to the user that Reveille is to run as.']
      : []),
    `${program} doctor --config ${config}    tries every link`,
    `${program} serve --config ${config}     runs it`,
  ];
  return [
    isShared ? `\nWritten, for you and the group of ${places.folder} to read:` : '\nWritten, for you alone to read:',
    ...made.map((path) => `  ${seenFromHere(path)}`),
    '\nNext:',
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
  ].join('\n');
}

/** The shorter of both ways to say it. */
function seenFromHere(path: string): string {
  const way = relative(process.cwd(), path);
  return way.startsWith('..') ? path : way;
}
