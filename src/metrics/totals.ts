import type { Registry as Scrape } from 'prom-client';

/** What was counted since the start, as far as a chart of the last minutes needs it. */
export interface Totals {
  readonly publishes: number;
  /** Publishes that were answered with a result; all others were refused. */
  readonly results: number;
  readonly accepted: number;
  readonly gone: number;
  readonly retried: number;
  readonly rejected: number;
  readonly deadTokens: number;
  /** Upper bounds in seconds, and how many answers took no longer; the last bound is Infinity. */
  readonly answerBounds: readonly number[];
  readonly answersWithin: readonly number[];
}

/** Reads the counters that there are; it counts nothing itself. */
export async function readTotals(scrape: Scrape): Promise<Totals> {
  const [publishes, pushes, dead, answers] = await Promise.all([
    readValues(scrape, 'reveille_publishes_total'),
    readValues(scrape, 'reveille_pushes_total'),
    readValues(scrape, 'reveille_dead_tokens_total'),
    readValues(scrape, 'reveille_answer_seconds'),
  ]);
  const outcome = (name: string) => sum(pushes.filter(({ labels }) => labels['outcome'] === name));
  const buckets = answers.filter(({ metricName = '' }) => metricName.endsWith('_bucket'));
  return {
    publishes: sum(publishes),
    results: sum(publishes.filter(({ labels }) => labels['answer'] === 'result')),
    accepted: outcome('accepted'),
    gone: outcome('gone'),
    retried: outcome('retry'),
    rejected: outcome('rejected'),
    deadTokens: sum(dead),
    answerBounds: buckets.map(({ labels }) => (labels['le'] === '+Inf' ? Infinity : Number(labels['le']))),
    answersWithin: buckets.map(({ value }) => value),
  };
}

/** What became of pushes to connected devices, since the start. */
export interface LocalTotals {
  readonly delivered: number;
  readonly fallenBack: number;
}

export async function readLocalTotals(scrape: Scrape): Promise<LocalTotals> {
  const pushes = await readValues(scrape, 'reveille_local_pushes_total');
  const end = (name: string) => sum(pushes.filter(({ labels }) => labels['end'] === name));
  return { delivered: end('delivered'), fallenBack: end('fallen-back') };
}

interface Value {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly metricName?: string | undefined;
}

async function readValues(scrape: Scrape, name: string): Promise<readonly Value[]> {
  const metric = scrape.getSingleMetric(name);
  return metric === undefined ? [] : (await metric.get()).values;
}

function sum(values: readonly Value[]): number {
  return values.reduce((all, { value }) => all + value, 0);
}
