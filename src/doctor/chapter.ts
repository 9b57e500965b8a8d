import type { StepResult, Titled } from './step.ts';
import { messageOf } from '../base/error-code.ts';

export type Tell = (title: string, result: StepResult) => void;

/**
 * Steps that follow from each other, begun at once and told one by one to whoever iterates, once. Work that fails is told as
 * a failed step: iterating never throws.
 */
export async function* readChapter(chapter: Chapter): AsyncGenerator<Titled> {
  for (let next = 0; ; next += 1) {
    while (chapter.told[next] === undefined && !chapter.isDone) await chapter.news.promise;
    const step = chapter.told[next];
    if (step === undefined) return;
    yield step;
  }
}

export interface Chapter {
  readonly told: readonly Titled[];
  readonly isDone: boolean;
  /** Settles when something was told or all is done; then there is another. */
  readonly news: PromiseWithResolvers<undefined>;
}

/** Starts the work at once; what it rejects with is told as a failed step. */
export function startChapter(title: string, work: (tell: Tell) => Promise<void>): Chapter {
  const told: Titled[] = [];
  const chapter = { told, isDone: false, news: Promise.withResolvers<undefined>() };
  const announce = () => {
    chapter.news.resolve(undefined);
    chapter.news = Promise.withResolvers();
  };
  const tell: Tell = (name, result) => {
    told.push({ title: name, ...result });
    announce();
  };
  const finish = () => {
    chapter.isDone = true;
    announce();
  };
  // Nothing floats: whoever iterates waits for `finish`.
  void work(tell)
    .catch((error: unknown) => tell(title, describeBug(error)))
    .then(finish);
  return chapter;
}

function describeBug(error: unknown): StepResult {
  const advice = 'this is a bug of Reveille: please report it';
  return { verdict: 'failed', tried: 'examine it', found: `doctor itself failed: ${messageOf(error)}`, advice };
}
