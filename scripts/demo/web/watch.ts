import { describeAnswer, publishedNode, publishesTo } from '../../../test/servers/publishes.ts';
import type { Narrator } from '../narrator.ts';
import type { WebStage } from './stage.ts';

const lookEveryMs = 250;

/** Tells what goes on between server and Reveille, and what Reveille says of it, until the returned function is called. */
export function watch(narrator: Narrator, { tap, reveille }: WebStage): () => void {
  const toldAnswers = new Map<string, number>();
  let toldLines = reveille.lines.length;
  const look = () => {
    for (const line of reveille.lines.slice(toldLines)) tellLine(narrator, line);
    toldLines = reveille.lines.length;
    const nodes = new Set(tap.fromServer.flatMap(({ stanza }) => publishedNode(stanza) ?? []));
    for (const node of nodes) {
      const answers = publishesTo(tap, node).flatMap((publish) => publish.answer() ?? []);
      for (const answer of answers.slice(toldAnswers.get(node) ?? 0))
        narrator.seen('the server published, and got', describeAnswer(answer));
      toldAnswers.set(node, answers.length);
    }
  };
  const timer = setInterval(look, lookEveryMs);
  return () => clearInterval(timer);
}

function tellLine(narrator: Narrator, { level, event, reason }: WebStage['reveille']['lines'][number]): void {
  if (level === 'warn' || level === 'error') narrator.say(`Reveille says: ${event}${typeof reason === 'string' ? `: ${reason}` : ''}`);
}
