import { readCorpus } from './corpus-files.ts';
import { draw, type Drawn } from './draw.ts';
import { feedAll } from './feed-all.ts';
import { reasonOf, shrink } from './shrink.ts';
import type { Subject, Target } from './target.ts';

/** Findings of one target that are shrunk; more of them are most likely the same mistake again. */
const mostShrunk = 3;
/** Findings of one target that are told. */
const mostTold = 20;

/** A promise that was broken. */
export interface Finding {
  readonly reason: string;
  /** Undefined where no single input is to blame. */
  readonly input?: unknown;
  /** The corpus file that it came from, `random`, or how else it came about. */
  readonly from: string;
}

/** What became of a target's inputs. */
export interface TargetReport {
  readonly target: string;
  readonly corpus: number;
  readonly random: number;
  readonly seconds: number;
  readonly outcomes: ReadonlyMap<string, number>;
  /** All of them, told or not. */
  readonly broken: number;
  readonly findings: readonly Finding[];
}

interface Suspect {
  readonly reason: string;
  readonly from: string;
  readonly input: unknown;
  readonly drawn: Drawn | undefined;
}

interface Item {
  readonly input: unknown;
  readonly from: string;
  readonly drawn?: Drawn;
}

/** Feeds a target its corpus, then `count` random inputs; what broke a promise is fed alone and shrunk. `onFed` hears of each. */
export async function runTarget(target: Target<unknown>, count: number, seed: number, onFed: () => void): Promise<TargetReport> {
  const corpus = readCorpus(target.name).map(({ file, input }): Item => ({ input, from: file }));
  const startedAt = performance.now();
  const suspects: Suspect[] = [];
  const subject = await target.open();
  const take = (item: Item, error: unknown) => suspects.push({ reason: reasonOf(error), drawn: item.drawn, ...item });
  await feedAll(subject, corpus, onFed, take);
  await feedAll(subject, random(target, count, seed), onFed, take);
  const ends = await endOf(subject);
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    target: target.name,
    corpus: corpus.length,
    random: count,
    seconds,
    outcomes: subject.outcomes ?? new Map(),
    broken: suspects.length + ends.length,
    findings: [...ends, ...(await examine(target, suspects))],
  };
}

function* random(target: Target<unknown>, count: number, seed: number): Generator<Item, void> {
  for (const drawn of draw(target.inputs, target.name, seed, count)) yield { input: drawn.input, from: 'random', drawn };
}

async function endOf(subject: Subject<unknown>): Promise<readonly Finding[]> {
  try {
    await subject.close();
    return [];
  } catch (error) {
    return [{ reason: reasonOf(error), from: 'all inputs together' }];
  }
}

/** Different reasons first: of each only one is worth the time. */
async function examine(target: Target<unknown>, suspects: readonly Suspect[]): Promise<readonly Finding[]> {
  const kinds = new Map(suspects.map((suspect) => [suspect.reason.slice(0, 40).replace(/\d+/g, ''), suspect]));
  const firsts = new Set([...kinds.values()].slice(0, mostShrunk));
  const rest = suspects.filter((suspect) => !firsts.has(suspect)).slice(0, mostTold - firsts.size);
  const findings: Finding[] = [];
  for (const suspect of firsts) findings.push(await examineOne(target, suspect));
  return [...findings, ...rest.map(({ reason, from, input }) => ({ reason, from, input }))];
}

async function examineOne(target: Target<unknown>, { drawn, from, reason, input }: Suspect): Promise<Finding> {
  if (drawn === undefined) return { reason, from, input };
  const shrunk = await shrink(target, drawn);
  switch (shrunk.kind) {
    case 'shrunk':
      return { reason: shrunk.reason, from: 'random, shrunk', input: shrunk.input };
    case 'not-alone':
      return { reason, from: 'random, but not when fed alone', input };
  }
}
