import { Counter, Gauge, type Registry as Scrape } from 'prom-client';

export type Labels = Readonly<Record<string, string>>;

export interface Series {
  readonly name: string;
  readonly help: string;
  /** A Counter, whose numbers only grow; otherwise a Gauge. */
  readonly counts?: true;
  readonly labels?: readonly string[];
  readonly read: () => Iterable<readonly [Labels, number]>;
}

/** A series that can't be read is left out. */
export function addSeries(scrape: Scrape, { name, help, counts, labels = [], read }: Series): void {
  const common = { name, help, labelNames: [...labels], registers: [scrape] };
  const collect = (metric: { reset(): void }, add: (labels: Labels, value: number) => void) => {
    metric.reset();
    try {
      for (const [of, value] of read()) add(of, value);
    } catch {
      // One series less is better than no scrape.
    }
  };
  if (counts === true) new Counter({ ...common, collect: function () { collect(this, (of, value) => this.inc(of, value)); } }); // prettier-ignore
  else new Gauge({ ...common, collect: function () { collect(this, (of, value) => this.set(of, value)); } }); // prettier-ignore
}
